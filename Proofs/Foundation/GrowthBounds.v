(* Distances in R^d, and Gronwall's inequality: what grows no faster than in proportion to itself grows no faster
   than an exponential, in both directions of time. *)
Require Import Reals Psatz Lia.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives.
Open Scope R_scope.

Definition distance d (x y : vec) : R := sumn d (fun j => Rabs (x j - y j)).
Definition square_distance d (x y : vec) : R := sumn d (fun j => (x j - y j) * (x j - y j)).

Lemma distance_pos d x y : 0 <= distance d x y.
Proof. apply sumn_nonneg. intros. apply Rabs_pos. Qed.

Lemma square_distance_pos d x y : 0 <= square_distance d x y.
Proof. apply sumn_nonneg. intros. apply Rle_0_sqr. Qed.

Lemma distance_coord d x y j : (j < d)%nat -> Rabs (x j - y j) <= distance d x y.
Proof. intros Hj. apply (sumn_term d (fun j => Rabs (x j - y j))); [intros; apply Rabs_pos|exact Hj]. Qed.

Lemma square_coord d x y j : (j < d)%nat -> (x j - y j) * (x j - y j) <= square_distance d x y.
Proof. intros Hj. apply (sumn_term d (fun j => (x j - y j) * (x j - y j))); [intros; apply Rle_0_sqr|exact Hj]. Qed.

Lemma sumn_const d c : sumn d (fun _ => c) = INR d * c.
Proof. induction d; [simpl; ring|]. rewrite S_INR. simpl sumn. rewrite IHd. ring. Qed.

(* Cauchy and Schwarz, the second vector being all ones. *)
Lemma square_of_sum d (f : nat -> R) : sumn d f * sumn d f <= INR d * sumn d (fun j => f j * f j).
Proof.
  induction d; [simpl; lra|]. rewrite S_INR. simpl sumn. set (S := sumn d f) in *.
  set (Q := sumn d (fun j => f j * f j)) in *. set (z := f d).
  assert (D := pos_INR d).
  assert (2 * (S * z) <= Q + INR d * (z * z)).
  { destruct (Req_dec (INR d) 0) as [Z|Z].
    - rewrite Z in *. assert (d = 0%nat) by (destruct d; [easy|rewrite S_INR in Z; assert (P := pos_INR d); lra]).
      subst d. unfold S, Q. simpl. lra.
    - assert (N : 0 < INR d) by lra. assert (V := Rle_0_sqr (S - INR d * z)). unfold Rsqr in V.
      assert (INR d * (2 * (S * z)) <= INR d * (Q + INR d * (z * z))) by nra. nra. }
  nra.
Qed.

Lemma distance_square d x y : distance d x y * distance d x y <= INR d * square_distance d x y.
Proof.
  eapply Rle_trans; [apply square_of_sum|]. right. f_equal. apply sumn_ext. intros j _.
  rewrite <- Rabs_mult. apply Rabs_right, Rle_ge, Rle_0_sqr.
Qed.

Lemma distance_le d x y c : (forall j, (j < d)%nat -> Rabs (x j - y j) <= c) -> distance d x y <= INR d * c.
Proof. intros H. unfold distance. rewrite <- sumn_const. now apply sumn_le. Qed.

(* A function with a derivative that is not negative does not fall. *)
Lemma nondecreasing (f df : R -> R) a b : a <= b ->
  (forall t, a <= t <= b -> is_derive f t (df t)) -> (forall t, a <= t <= b -> 0 <= df t) -> f a <= f b.
Proof.
  intros H D P. destruct (MVT_gen f a b df) as (c & C & E).
  - intros t. rewrite Rmin_left, Rmax_right by exact H. intros T. apply D. lra.
  - intros t. rewrite Rmin_left, Rmax_right by exact H. intros T. apply continuity_pt_filterlim.
    apply (ex_derive_continuous (V := R_NormedModule)). exists (df t). now apply D.
  - rewrite Rmin_left, Rmax_right in C by exact H. assert (Q := P c C). nra.
Qed.

Lemma is_derive_exponential (c s r : R) : is_derive (fun r => exp (c * (r - s))) r (c * exp (c * (r - s))).
Proof. auto_derive; [easy|]. unfold Rminus. ring. Qed.

(* What is 0 at s and has a derivative below k e^(lam |t - s|) lam is below k e^(lam |t - s|). *)
Lemma exponential_growth (g f : R -> R) k lam s : 0 < lam -> 0 <= k -> g s = 0 ->
  (forall t, is_derive g t (f t)) -> (forall t, Rabs (f t) <= k * lam * exp (lam * Rabs (t - s))) ->
  forall t, Rabs (g t) <= k * exp (lam * Rabs (t - s)).
Proof.
  intros Hlam Hk Hs D B t.
  assert (E : forall (c r : R), is_derive (fun r => k * exp (c * (r - s))) r (k * c * exp (c * (r - s)))).
  { intros c r. rewrite Rmult_assoc. apply (is_derive_scal (fun r => exp (c * (r - s)))). apply is_derive_exponential. }
  destruct (Rle_or_lt s t) as [T|T].
  - rewrite (Rabs_right (t - s)) by lra.
    assert (G : forall e, (e = 1 \/ e = -1) -> e * g t <= k * exp (lam * (t - s))).
    { intros e He.
      assert (M := nondecreasing (fun r => k * exp (lam * (r - s)) - e * g r)
        (fun r => k * lam * exp (lam * (r - s)) - e * f r) s t T). cbv beta in M.
      rewrite Hs, Rmult_0_r, Rminus_0_r, Rminus_diag_eq, Rmult_0_r, exp_0, Rmult_1_r in M by reflexivity.
      assert (k <= k * exp (lam * (t - s)) - e * g t); [|lra]. apply M.
      - intros r _. apply (is_derive_minus (V := R_NormedModule)); [apply E|].
        apply (is_derive_scal g r e). apply D.
      - intros r R_. assert (Q := B r). rewrite (Rabs_right (r - s)) in Q by lra.
        apply Rabs_le_between in Q. destruct He as [-> | ->]; lra. }
    apply Rabs_le. assert (P := G 1 (or_introl eq_refl)). assert (N := G (-1) (or_intror eq_refl)). lra.
  - rewrite (Rabs_left (t - s)) by lra.
    assert (G : forall e, (e = 1 \/ e = -1) -> e * g t <= k * exp (lam * (- (t - s)))).
    { intros e He.
      assert (M := nondecreasing (fun r => - (k * exp (- lam * (r - s))) + e * g r)
        (fun r => - (k * (- lam) * exp (- lam * (r - s))) + e * f r) t s (Rlt_le _ _ T)). cbv beta in M.
      rewrite Hs, Rmult_0_r, Rplus_0_r, (Rminus_diag_eq s s), Rmult_0_r, exp_0, Rmult_1_r in M by reflexivity.
      replace (lam * - (t - s)) with (- lam * (t - s)) by ring.
      assert (- (k * exp (- lam * (t - s))) + e * g t <= - k); [|lra]. apply M.
      - intros r _. apply (is_derive_plus (V := R_NormedModule)).
        + apply (is_derive_opp (V := R_NormedModule) (fun r => k * exp (- lam * (r - s)))). apply E.
        + apply (is_derive_scal g r e). apply D.
      - intros r R_. assert (Q := B r). rewrite (Rabs_left1 (r - s)) in Q by lra.
        replace (lam * - (r - s)) with (- lam * (r - s)) in Q by ring.
        apply Rabs_le_between in Q. destruct He as [-> | ->]; lra. }
    apply Rabs_le. assert (P := G 1 (or_introl eq_refl)). assert (N := G (-1) (or_intror eq_refl)). lra.
Qed.

(* Gronwall: |E'| <= K E between s and t gives E(t) <= E(s) e^(K |t - s|). *)
Theorem gronwall (E dE : R -> R) K s t :
  (forall r, Rmin s t <= r <= Rmax s t -> is_derive E r (dE r)) ->
  (forall r, Rmin s t <= r <= Rmax s t -> Rabs (dE r) <= K * E r) ->
  E t <= E s * exp (K * Rabs (t - s)).
Proof.
  intros D B. destruct (Rle_or_lt s t) as [T|T].
  - rewrite Rmin_left, Rmax_right in * by exact T. rewrite (Rabs_right (t - s)) by lra.
    assert (M := nondecreasing (fun r => - (E r * exp (- K * (r - s))))
      (fun r => - (dE r * exp (- K * (r - s)) + E r * (- K * exp (- K * (r - s))))) s t T). cbv beta in M.
    rewrite (Rminus_diag_eq s s), Rmult_0_r, exp_0, Rmult_1_r in M by reflexivity.
    assert (F : E t * exp (- K * (t - s)) <= E s).
    { apply Ropp_le_cancel. apply M.
      - intros r R_. apply (is_derive_opp (V := R_NormedModule) (fun r => E r * exp (- K * (r - s)))).
        apply (is_derive_mult E (fun r => exp (- K * (r - s))) r); [now apply D| |intros; apply Rmult_comm].
        apply is_derive_exponential.
      - intros r R_. assert (Q := B r R_). apply Rabs_le_between in Q.
        assert (P := exp_pos (- K * (r - s))). nra. }
    assert (I : exp (- K * (t - s)) * exp (K * (t - s)) = 1).
    { rewrite <- exp_plus. replace (- K * (t - s) + K * (t - s)) with 0 by ring. apply exp_0. }
    assert (P := exp_pos (K * (t - s))).
    replace (E t) with (E t * exp (- K * (t - s)) * exp (K * (t - s))) by (rewrite Rmult_assoc, I; ring).
    apply Rmult_le_compat_r; lra.
  - rewrite Rmin_right, Rmax_left in * by lra. rewrite (Rabs_left (t - s)) by lra.
    assert (M := nondecreasing (fun r => E r * exp (K * (r - s)))
      (fun r => dE r * exp (K * (r - s)) + E r * (K * exp (K * (r - s)))) t s (Rlt_le _ _ T)). cbv beta in M.
    rewrite (Rminus_diag_eq s s), Rmult_0_r, exp_0, Rmult_1_r in M by reflexivity.
    assert (F : E t * exp (K * (t - s)) <= E s).
    { apply M.
      - intros r R_. apply (is_derive_mult E (fun r => exp (K * (r - s))) r); [now apply D| |intros; apply Rmult_comm].
        apply is_derive_exponential.
      - intros r R_. assert (Q := B r R_). apply Rabs_le_between in Q.
        assert (P := exp_pos (K * (r - s))). nra. }
    assert (I : exp (K * (t - s)) * exp (K * - (t - s)) = 1).
    { rewrite <- exp_plus. replace (K * (t - s) + K * - (t - s)) with 0 by ring. apply exp_0. }
    assert (P := exp_pos (K * - (t - s))).
    replace (E t) with (E t * exp (K * (t - s)) * exp (K * - (t - s))) by (rewrite Rmult_assoc, I; ring).
    apply Rmult_le_compat_r; lra.
Qed.

(* Two curves with velocities that differ by at most L times their distance, plus c: the squared distance grows
   at most exponentially. *)
Theorem curves_stay_together d (X Y dX dY : R -> vec) L c s t : 0 <= L ->
  (forall r i, Rmin s t <= r <= Rmax s t -> (i < d)%nat -> is_derive (fun r => X r i) r (dX r i)) ->
  (forall r i, Rmin s t <= r <= Rmax s t -> (i < d)%nat -> is_derive (fun r => Y r i) r (dY r i)) ->
  (forall r i, Rmin s t <= r <= Rmax s t -> (i < d)%nat ->
     Rabs (dX r i - dY r i) <= L * distance d (X r) (Y r) + c) ->
  square_distance d (X t) (Y t) + INR d * (c * c)
  <= (square_distance d (X s) (Y s) + INR d * (c * c)) * exp ((1 + 2 * (L * INR d)) * Rabs (t - s)).
Proof.
  intros HL DX DY B.
  apply (gronwall (fun r => square_distance d (X r) (Y r) + INR d * (c * c))
           (fun r => sumn d (fun i => 2 * (X r i - Y r i) * (dX r i - dY r i)))).
  - intros r R_. eapply is_derive_eq.
    + apply (is_derive_plus (V := R_NormedModule)).
      * apply (is_derive_sumn d (fun i r => (X r i - Y r i) * (X r i - Y r i))
          (fun i => (dX r i - dY r i) * (X r i - Y r i) + (X r i - Y r i) * (dX r i - dY r i))).
        intros i Hi. assert (D := is_derive_minus _ _ r _ _ (DX r i R_ Hi) (DY r i R_ Hi)).
        apply (is_derive_mult (fun r => X r i - Y r i) (fun r => X r i - Y r i) r); [exact D|exact D|intros; apply Rmult_comm].
      * apply (is_derive_const (INR d * (c * c))).
    + unfold plus, zero; simpl. rewrite Rplus_0_r. apply sumn_ext. intros; ring.
  - intros r R_. set (N := distance d (X r) (Y r)). set (S := square_distance d (X r) (Y r)).
    assert (N0 : 0 <= N) by apply distance_pos. assert (NS : N * N <= INR d * S) by apply distance_square.
    eapply Rle_trans; [apply sumn_Rabs|].
    apply Rle_trans with (sumn d (fun i => 2 * L * N * Rabs (X r i - Y r i) + ((X r i - Y r i) * (X r i - Y r i) + c * c))).
    + apply sumn_le. intros i Hi. rewrite !Rabs_mult, (Rabs_right 2) by lra.
      assert (Q := B r i R_ Hi). fold N in Q. set (a := Rabs (X r i - Y r i)).
      assert (A0 : 0 <= a) by apply Rabs_pos.
      replace ((X r i - Y r i) * (X r i - Y r i)) with (a * a)
        by (unfold a; rewrite <- Rabs_mult; apply Rabs_right, Rle_ge, Rle_0_sqr).
      assert (V := Rle_0_sqr (a - c)). unfold Rsqr in V.
      assert (2 * a * Rabs (dX r i - dY r i) <= 2 * a * (L * N + c)) by (apply Rmult_le_compat_l; lra). nra.
    + rewrite !sumn_plus, sumn_scal, sumn_const. fold (distance d (X r) (Y r)). fold N.
      change (sumn d (fun i => (X r i - Y r i) * (X r i - Y r i))) with S.
      assert (D := pos_INR d). assert (S0 : 0 <= S) by apply square_distance_pos.
      assert (C0 := Rle_0_sqr c). unfold Rsqr in C0.
      assert (L * (N * N) <= L * (INR d * S)) by (apply Rmult_le_compat_l; lra).
      assert (0 <= L * INR d * (INR d * (c * c))) by (apply Rmult_le_pos; apply Rmult_le_pos; lra). nra.
Qed.

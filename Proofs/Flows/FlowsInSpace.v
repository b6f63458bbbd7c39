(* Flows in R^d. A field u that is continuous in time, has a Jacobian that is continuous and bounded on bounded sets,
   and grows at most linearly has one trajectory through every point of every time of the interval, for the whole
   interval. Exact fields of mixtures are such fields; so is a learned one whose network has bounded slopes there. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives GrowthBounds GlobalTrajectories.
Open Scope R_scope.

Definition clamp (lo hi x : R) : R := Rmax lo (Rmin hi x).

Lemma clamp_inside lo hi x : lo <= x <= hi -> clamp lo hi x = x.
Proof. intros H. unfold clamp. rewrite Rmin_right, Rmax_right; lra. Qed.

Lemma clamp_bounds lo hi x : lo <= hi -> lo <= clamp lo hi x <= hi.
Proof. intros H. unfold clamp, Rmax, Rmin. destruct (Rle_dec hi x), (Rle_dec lo _); lra. Qed.

Lemma clamp_contracts lo hi x y : lo <= hi -> Rabs (clamp lo hi x - clamp lo hi y) <= Rabs (x - y).
Proof.
  intros H. unfold clamp, Rmax, Rmin, Rabs.
  destruct (Rle_dec hi x), (Rle_dec hi y); repeat destruct (Rle_dec _ _); repeat destruct (Rcase_abs _); lra.
Qed.

Definition size d (x : vec) : R := sumn d (fun j => Rabs (x j)).
Definition in_box d (r : R) (x : vec) := forall j, (j < d)%nat -> Rabs (x j) <= r.
(* x + h v *)
Definition moved (x v : vec) (h : R) : vec := fun j => x j + h * v j.

(* between a and b, u has the Jacobian A, du_i/dx_j = A_ij, and grows no faster than growth (1 + |x|) *)
Definition smooth_field d (u : R -> vec -> vec) (A : R -> vec -> nat -> vec) (a b growth : R) :=
  (forall t x v i, a <= t <= b -> (i < d)%nat ->
     is_derive (fun h => u t (moved x v h) i) 0 (sumn d (fun j => A t x i j * v j))) /\
  (forall r, exists L, forall t x i j, a <= t <= b -> in_box d r x -> (i < d)%nat -> (j < d)%nat ->
     Rabs (A t x i j) <= L) /\
  (forall t x i j eps, a <= t <= b -> (i < d)%nat -> (j < d)%nat -> 0 < eps -> exists del, 0 < del /\
     forall s y, a <= s <= b -> Rabs (s - t) < del -> distance d y x < del -> Rabs (A s y i j - A t x i j) < eps) /\
  (forall t x i eps, a <= t <= b -> (i < d)%nat -> 0 < eps -> exists del, 0 < del /\
     forall s, a <= s <= b -> Rabs (s - t) < del -> Rabs (u s x i - u t x i) < eps) /\
  (forall t x i, a <= t <= b -> (i < d)%nat -> Rabs (u t x i) <= growth * (1 + size d x)).

(* X follows the field u at the times between c and e. *)
Definition follows_in d (u : R -> vec -> vec) (c e : R) (X : R -> vec) :=
  forall t i, c < t < e -> (i < d)%nat -> is_derive (fun r => X r i) t (u t (X t) i).

Section Field.
Variables (d : nat) (u : R -> vec -> vec) (A : R -> vec -> nat -> vec) (a b growth : R).
Hypothesis Hab : a <= b.
Hypothesis Hgrowth : 0 <= growth.
Hypothesis smooth : smooth_field d u A a b growth.

(* on a segment u moves by the Jacobian somewhere on it *)
Lemma mean_value t x y i : a <= t <= b -> (i < d)%nat -> exists h, 0 <= h <= 1 /\
  u t x i - u t y i = sumn d (fun j => A t (moved y (fun j => x j - y j) h) i j * (x j - y j)).
Proof.
  intros Ht Hi. destruct smooth as (J & _). set (v := fun j => x j - y j).
  assert (D : forall h, is_derive (fun h => u t (moved y v h) i) h (sumn d (fun j => A t (moved y v h) i j * v j))).
  { intros h. apply is_derive_ext with (fun k => u t (moved (moved y v h) v (k - h)) i).
    - intros k. f_equal. apply functional_extensionality. intros j. unfold moved. ring.
    - eapply is_derive_eq.
      + apply (is_derive_comp (fun k => u t (moved (moved y v h) v k) i) (fun k => k - h)).
        * rewrite Rminus_diag_eq by reflexivity. now apply J.
        * instantiate (1 := 1). auto_derive; [easy|ring].
      + unfold scal; simpl; unfold mult; simpl. ring. }
  destruct (MVT_gen (fun h => u t (moved y v h) i) 0 1 (fun h => sumn d (fun j => A t (moved y v h) i j * v j))) as (h & H & E).
  - intros h _. apply D.
  - intros h _. apply continuity_pt_filterlim. apply (ex_derive_continuous (V := R_NormedModule)).
    eexists. apply D.
  - rewrite Rmin_left, Rmax_right in H by lra. exists h. split; [exact H|].
    rewrite Rminus_0_r, Rmult_1_r in E. change (u t x i - u t y i = sumn d (fun j => A t (moved y v h) i j * v j)).
    rewrite <- E. f_equal; f_equal; f_equal; apply functional_extensionality; intros j; unfold moved, v; ring.
Qed.

Lemma segment_in_box r x y h : in_box d r x -> in_box d r y -> 0 <= h <= 1 -> in_box d r (moved y (fun j => x j - y j) h).
Proof.
  intros X Y H j Hj. assert (P := proj1 (Rabs_le_between _ _) (X j Hj)). assert (Q := proj1 (Rabs_le_between _ _) (Y j Hj)).
  unfold moved. apply Rabs_le. nra.
Qed.

Lemma lipschitz_in_box r : exists L, 0 <= L /\ forall t x y i, a <= t <= b -> (i < d)%nat -> in_box d r x -> in_box d r y ->
  Rabs (u t x i - u t y i) <= L * distance d x y.
Proof.
  destruct smooth as (_ & B & _). destruct (B r) as (L & HL). exists (Rabs L). split; [apply Rabs_pos|].
  intros t x y i Ht Hi X Y. destruct (mean_value t x y i Ht Hi) as (h & H & ->).
  eapply Rle_trans; [apply sumn_Rabs|]. unfold distance. rewrite <- sumn_scal. apply sumn_le. intros j Hj.
  rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|].
  apply Rle_trans with L; [|apply RRle_abs]. apply HL; auto. now apply segment_in_box.
Qed.

Lemma field_reads_coordinates t x y i : a <= t <= b -> (i < d)%nat -> (forall j, (j < d)%nat -> x j = y j) -> u t x i = u t y i.
Proof.
  intros Ht Hi E. destruct (mean_value t x y i Ht Hi) as (h & _ & H).
  rewrite (sumn_ext d _ (fun _ => 0)), sumn_zero in H by (intros j Hj; rewrite (E j Hj); ring). lra.
Qed.

(* the field, continued from a box to all places and times *)
Definition continued (r t : R) (x : vec) : vec := u (clamp a b t) (fun j => clamp (- r) r (x j)).

Lemma continued_inside r t x i : a <= t <= b -> (i < d)%nat -> in_box d r x -> continued r t x i = u t x i.
Proof.
  intros Ht Hi X. unfold continued. rewrite (clamp_inside a b t Ht). apply field_reads_coordinates; [exact Ht|exact Hi|].
  intros j Hj. apply clamp_inside. assert (P := proj1 (Rabs_le_between _ _) (X j Hj)). lra.
Qed.

Lemma clamped_in_box r x : 0 <= r -> in_box d r (fun j => clamp (- r) r (x j)).
Proof. intros H j _. apply Rabs_le. apply clamp_bounds. lra. Qed.

Lemma clamped_size r x : 0 <= r -> size d (fun j => clamp (- r) r (x j)) <= size d x.
Proof.
  intros H. apply sumn_le. intros j _. assert (C := clamp_contracts (- r) r (x j) 0 ltac:(lra)).
  rewrite (clamp_inside (- r) r 0), !Rminus_0_r in C by lra. exact C.
Qed.

Lemma continued_growth r t x i : 0 <= r -> (i < d)%nat -> Rabs (continued r t x i) <= growth * (1 + size d x).
Proof.
  intros H Hi. destruct smooth as (_ & _ & _ & _ & G). eapply Rle_trans; [apply G; [now apply clamp_bounds|exact Hi]|].
  apply Rmult_le_compat_l; [exact Hgrowth|]. assert (C := clamped_size r x H). lra.
Qed.

Lemma continued_lipschitz r : 0 <= r -> exists L, lipschitz_field d (continued r) L.
Proof.
  intros H. destruct (lipschitz_in_box r) as (L & L0 & HL). exists L. refine (conj L0 (conj _ (conj _ _))).
  - intros t x y i Hi. unfold continued. eapply Rle_trans.
    + apply HL; [now apply clamp_bounds|exact Hi|now apply clamped_in_box|now apply clamped_in_box].
    + apply Rmult_le_compat_l; [exact L0|]. apply sumn_le. intros j _. apply clamp_contracts. lra.
  - intros t x i Hi. destruct smooth as (_ & _ & _ & C & _). apply filterlim_locally. intros eps.
    destruct (C (clamp a b t) (fun j => clamp (- r) r (x j)) i eps (clamp_bounds a b t Hab) Hi (cond_pos eps)) as (del & D0 & D).
    generalize (locally_Rabs t (mkposreal del D0)). apply filter_imp. intros s Hs.
    apply D; [now apply clamp_bounds|]. eapply Rle_lt_trans; [now apply clamp_contracts|exact Hs].
  - intros x. exists (growth * (1 + size d x)). intros t i Hi. now apply continued_growth.
Qed.

(* How far a trajectory can come between a and b, from the growth alone. *)
Definition reach (x : vec) : R :=
  (1 + sumn d (fun j => x j * x j)) * exp (2 * growth * (1 + INR d) * (b - a)).

Lemma square_sum_pos (x : vec) : 0 <= sumn d (fun j => x j * x j).
Proof. apply sumn_nonneg. intros. apply Rle_0_sqr. Qed.

Lemma reach_pos x : 0 <= reach x.
Proof. apply Rmult_le_pos; [assert (P := square_sum_pos x); lra|left; apply exp_pos]. Qed.

Lemma growth_bound (X dX : R -> vec) s t : a <= s <= b -> a <= t <= b ->
  (forall r i, Rmin s t <= r <= Rmax s t -> (i < d)%nat -> is_derive (fun r => X r i) r (dX r i)) ->
  (forall r i, Rmin s t <= r <= Rmax s t -> (i < d)%nat -> Rabs (dX r i) <= growth * (1 + size d (X r))) ->
  in_box d (reach (X s)) (X t).
Proof.
  intros Hs Ht DX BX. set (K := 2 * growth * (1 + INR d)). assert (N := pos_INR d).
  assert (K0 : 0 <= K) by (unfold K; apply Rmult_le_pos; lra).
  assert (G : 1 + sumn d (fun j => X t j * X t j) <= (1 + sumn d (fun j => X s j * X s j)) * exp (K * Rabs (t - s))).
  { apply (gronwall (fun r => 1 + sumn d (fun j => X r j * X r j)) (fun r => sumn d (fun j => 2 * X r j * dX r j))).
    - intros r Hr. eapply is_derive_eq.
      + apply (is_derive_plus (V := R_NormedModule) (fun _ => 1)); [apply (is_derive_const 1)|].
        apply (is_derive_sumn d (fun j r => X r j * X r j) (fun j => dX r j * X r j + X r j * dX r j)). intros j Hj.
        apply (is_derive_mult (fun r => X r j) (fun r => X r j) r); [now apply DX|now apply DX|intros; apply Rmult_comm].
      + unfold plus, zero; simpl. rewrite Rplus_0_l. apply sumn_ext. intros; ring.
    - intros r Hr. set (n := size d (X r)). set (q := sumn d (fun j => X r j * X r j)).
      assert (n0 : 0 <= n) by (apply sumn_nonneg; intros; apply Rabs_pos).
      assert (nq : n * n <= INR d * q).
      { eapply Rle_trans; [apply square_of_sum|]. right. unfold q. f_equal. apply sumn_ext. intros j _.
        rewrite <- Rabs_mult. apply Rabs_right, Rle_ge, Rle_0_sqr. }
      assert (q0 : 0 <= q) by apply square_sum_pos.
      eapply Rle_trans; [apply sumn_Rabs|].
      apply Rle_trans with (2 * growth * (1 + n) * n).
      + unfold n at 2. unfold size. rewrite <- sumn_scal. apply sumn_le. intros j Hj.
        rewrite !Rabs_mult, (Rabs_right 2) by lra. assert (Q := BX r j Hr Hj). fold n in Q.
        assert (P := Rabs_pos (X r j)). nra.
      + unfold K. assert (M : (1 + n) * n <= (1 + INR d) * (1 + q)).
        { assert (n <= 1 + n * n) by nra. nra. }
        replace (2 * growth * (1 + n) * n) with (2 * growth * ((1 + n) * n)) by ring.
        replace (2 * growth * (1 + INR d) * (1 + q)) with (2 * growth * ((1 + INR d) * (1 + q))) by ring.
        apply Rmult_le_compat_l; lra. }
  assert (R_ : 1 + sumn d (fun j => X t j * X t j) <= reach (X s)).
  { eapply Rle_trans; [exact G|]. apply Rmult_le_compat_l; [assert (P := square_sum_pos (X s)); lra|].
    assert (T : Rabs (t - s) <= b - a) by (apply Rabs_le; lra). fold K.
    assert (Q : K * Rabs (t - s) <= K * (b - a)) by now apply Rmult_le_compat_l.
    destruct Q as [Q|Q]; [left; now apply exp_increasing|rewrite Q; right; reflexivity]. }
  intros j Hj. assert (T := sumn_term d (fun j => X t j * X t j) j ltac:(intros; apply Rle_0_sqr) Hj). cbv beta in T.
  set (z := Rabs (X t j)). assert (Z : X t j * X t j = z * z) by (unfold z; rewrite <- Rabs_mult; symmetry; apply Rabs_right, Rle_ge, Rle_0_sqr).
  rewrite Z in T. assert (z0 : 0 <= z) by apply Rabs_pos. nra.
Qed.

(* The trajectory through x at time s, at time t. *)
Definition flow (s t : R) (x : vec) : vec := trajectory (continued (reach x)) s x t.

(* The same from a larger box, which serves all starts nearby. *)
Lemma trajectory_in_box r s x : a <= s <= b -> reach x <= r ->
  (forall i, (i < d)%nat -> trajectory (continued r) s x s i = x i) /\
  (forall t i, (i < d)%nat -> is_derive (fun t => trajectory (continued r) s x t i) t
     (continued r t (trajectory (continued r) s x t) i)) /\
  (forall t, a <= t <= b -> in_box d (reach x) (trajectory (continued r) s x t)).
Proof.
  intros Hs Hr. assert (R0 : 0 <= r) by (assert (P := reach_pos x); lra).
  destruct (continued_lipschitz r R0) as (L & F). destruct (trajectory_exists d (continued r) L F s x) as (E1 & E2).
  refine (conj E1 (conj E2 _)). intros t Ht.
  assert (ER : reach (trajectory (continued r) s x s) = reach x).
  { unfold reach. do 2 f_equal. apply sumn_ext. intros j Hj. now rewrite E1. }
  rewrite <- ER. apply (growth_bound _ (fun t => continued r t (trajectory (continued r) s x t)) s t Hs Ht).
  - intros q i _ Hi. now apply E2.
  - intros q i _ Hi. now apply continued_growth.
Qed.

Lemma between s t r : a <= s <= b -> a <= t <= b -> Rmin s t <= r <= Rmax s t -> a <= r <= b.
Proof. unfold Rmin, Rmax. destruct (Rle_dec s t); lra. Qed.

Lemma trajectories_agree (X Y : R -> vec) s t : a <= s <= b -> a <= t <= b ->
  (forall r i, Rmin s t <= r <= Rmax s t -> (i < d)%nat -> is_derive (fun r => X r i) r (u r (X r) i)) ->
  (forall r i, Rmin s t <= r <= Rmax s t -> (i < d)%nat -> is_derive (fun r => Y r i) r (u r (Y r) i)) ->
  (forall i, (i < d)%nat -> X s i = Y s i) -> forall i, (i < d)%nat -> X t i = Y t i.
Proof.
  intros Hs Ht DX DY E i Hi. destruct smooth as (_ & _ & _ & _ & G).
  assert (SX : forall r, Rmin s t <= r <= Rmax s t -> in_box d (reach (X s)) (X r)).
  { intros r Hr. assert (Br := between s t r Hs Ht Hr).
    assert (Q : forall q, Rmin s r <= q <= Rmax s r -> Rmin s t <= q <= Rmax s t).
    { intros q. unfold Rmin, Rmax in *. destruct (Rle_dec s t), (Rle_dec s r); lra. }
    apply (growth_bound X (fun r => u r (X r)) s r Hs Br); intros q j Hq Hj; [now apply DX, Hj; apply Q|].
    apply G; [apply (between s t q Hs Ht), Q, Hq|exact Hj]. }
  assert (ER : reach (Y s) = reach (X s)) by (unfold reach; do 2 f_equal; apply sumn_ext; intros j Hj; now rewrite E).
  assert (SY : forall r, Rmin s t <= r <= Rmax s t -> in_box d (reach (X s)) (Y r)).
  { intros r Hr. rewrite <- ER. assert (Br := between s t r Hs Ht Hr).
    assert (Q : forall q, Rmin s r <= q <= Rmax s r -> Rmin s t <= q <= Rmax s t).
    { intros q. unfold Rmin, Rmax in *. destruct (Rle_dec s t), (Rle_dec s r); lra. }
    apply (growth_bound Y (fun r => u r (Y r)) s r Hs Br); intros q j Hq Hj; [now apply DY, Hj; apply Q|].
    apply G; [apply (between s t q Hs Ht), Q, Hq|exact Hj]. }
  destruct (lipschitz_in_box (reach (X s))) as (L & L0 & HL).
  assert (T := curves_stay_together d X Y (fun r => u r (X r)) (fun r => u r (Y r)) L 0 s t L0 DX DY).
  assert (S0 : square_distance d (X s) (Y s) = 0).
  { unfold square_distance. rewrite (sumn_ext d _ (fun _ => 0)); [apply sumn_zero|]. intros j Hj. rewrite E by exact Hj. ring. }
  rewrite S0, !Rmult_0_r, !Rplus_0_r, Rmult_0_l in T.
  assert (SD : square_distance d (X t) (Y t) <= 0).
  { apply T. intros r j Hr Hj. rewrite Rplus_0_r. apply HL; auto. apply (between s t r Hs Ht Hr). }
  assert (C := square_coord d (X t) (Y t) i Hi). assert (V := Rle_0_sqr (X t i - Y t i)). unfold Rsqr in V.
  assert (Z : (X t i - Y t i) * (X t i - Y t i) = 0) by lra. apply Rmult_integral in Z. lra.
Qed.

(* From every point at every time of the interval a trajectory leaves and lives for the whole interval. *)
Theorem flow_exists_in_space s x : a <= s <= b ->
  (forall i, (i < d)%nat -> flow s s x i = x i) /\
  (forall t i, a <= t <= b -> (i < d)%nat -> is_derive (fun t => flow s t x i) t (u t (flow s t x) i)) /\
  (forall t, a <= t <= b -> in_box d (reach x) (flow s t x)).
Proof.
  intros Hs. destruct (trajectory_in_box (reach x) s x Hs (Rle_refl _)) as (E1 & E2 & E3).
  refine (conj E1 (conj _ E3)). intros t i Ht Hi. unfold flow.
  rewrite <- (continued_inside (reach x) t _ i Ht Hi (E3 t Ht)). now apply E2.
Qed.

(* It is the only one, however short a time another is given. *)
Theorem flow_is_unique_in_space (X : R -> vec) c e s t : a <= c -> e <= b -> follows_in d u c e X ->
  c < s < e -> c < t < e -> forall i, (i < d)%nat -> X t i = flow s t (X s) i.
Proof.
  intros Hc He HX Hs Ht. assert (Bs : a <= s <= b) by lra. assert (Bt : a <= t <= b) by lra.
  destruct (flow_exists_in_space s (X s) Bs) as (E1 & E2 & _).
  apply (trajectories_agree X (fun t => flow s t (X s)) s t Bs Bt).
  - intros r i Hr Hi. apply HX; [|exact Hi]. revert Hr. unfold Rmin, Rmax. destruct (Rle_dec s t); lra.
  - intros r i Hr Hi. apply E2; [apply (between s t r Bs Bt Hr)|exact Hi].
  - intros i Hi. symmetry. now apply E1.
Qed.

(* Going on from where one is: phi_(s to r) = phi_(t to r) after phi_(s to t); with r = s each is the other's inverse. *)
Theorem flows_compose s t r x : a <= s <= b -> a <= t <= b -> a <= r <= b ->
  forall i, (i < d)%nat -> flow t r (flow s t x) i = flow s r x i.
Proof.
  intros Hs Ht Hr. destruct (flow_exists_in_space s x Hs) as (_ & E2 & _).
  destruct (flow_exists_in_space t (flow s t x) Ht) as (F1 & F2 & _).
  apply (trajectories_agree (fun r => flow t r (flow s t x)) (fun r => flow s r x) t r Ht Hr).
  - intros q i Hq Hi. apply F2; [apply (between t r q Ht Hr Hq)|exact Hi].
  - intros q i Hq Hi. apply E2; [apply (between t r q Ht Hr Hq)|exact Hi].
  - exact F1.
Qed.
End Field.

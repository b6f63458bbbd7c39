(* The normal density with mean m and standard deviation s, alone and as a product over axes:
   derivatives, score, push-forward, and the product of two normals (Bayes). *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives.
Open Scope R_scope.

Definition gauss (m s x : R) := exp (- (x - m)^2 / (2 * s^2)) / (sqrt (2 * PI) * s).

Lemma sqrt2pi_pos : 0 < sqrt (2 * PI).
Proof. apply sqrt_lt_R0. assert (H := PI_RGT_0). lra. Qed.

Lemma nz2 s : s <> 0 -> 2 * (s * (s * 1)) <> 0.
Proof. intros H E; apply H. destruct (Rmult_integral _ _ E); nra. Qed.

Lemma nzp s : s <> 0 -> sqrt (2 * PI) * s <> 0.
Proof. assert (H := sqrt2pi_pos). intros H0 E. destruct (Rmult_integral _ _ E); lra. Qed.

Lemma gauss_pos m s x : 0 < s -> 0 < gauss m s x.
Proof.
  intros H. apply Rdiv_lt_0_compat; [apply exp_pos|].
  apply Rmult_lt_0_compat; [apply sqrt2pi_pos|easy].
Qed.

Definition gauss_dt m s dm ds x :=
  gauss m s x * ((x - m)^2 / s^3 * ds + (x - m) / s^2 * dm - ds / s).

Lemma gauss_derive_t (mu sigma : R -> R) (dmu dsigma t x : R) :
  is_derive mu t dmu -> is_derive sigma t dsigma -> sigma t <> 0 ->
  is_derive (fun r => gauss (mu r) (sigma r) x) t (gauss_dt (mu t) (sigma t) dmu dsigma x).
Proof.
  intros Hm Hs H0. assert (Hp := Rgt_not_eq _ _ sqrt2pi_pos).
  unfold gauss_dt, gauss. auto_derive.
  - repeat split; try (eexists; eassumption).
    + now apply nz2.
    + now apply nzp.
  - replace (Derive (fun x => mu x) t) with dmu by (symmetry; apply is_derive_unique; assumption).
    replace (Derive (fun x => sigma x) t) with dsigma by (symmetry; apply is_derive_unique; assumption).
    unfold Rdiv, Rminus. simpl. field; auto.
Qed.

(* any field that is affine in y *)
Lemma gauss_derive_flux (m s a b x : R) : s <> 0 ->
  is_derive (fun y => gauss m s y * (a * (y - m) + b)) x
            (gauss m s x * (a - (x - m) / s^2 * (a * (x - m) + b))).
Proof.
  intros H0. assert (Hp := Rgt_not_eq _ _ sqrt2pi_pos).
  unfold gauss. auto_derive; [repeat split; auto using nz2, nzp|].
  unfold Rdiv, Rminus. simpl. field; auto.
Qed.

Lemma gauss_derive_x (m s x : R) : s <> 0 ->
  is_derive (fun y => gauss m s y) x (gauss m s x * (- (x - m) / s^2)).
Proof.
  intros H0. assert (Hp := Rgt_not_eq _ _ sqrt2pi_pos).
  unfold gauss. auto_derive; [repeat split; auto using nz2, nzp|].
  unfold Rdiv, Rminus. simpl. field; auto.
Qed.

Definition gauss_vec d (m s : nat -> R) (x : vec) := prodn d (fun i => gauss (m i) (s i) (x i)).

Lemma gauss_vec_pos d m s x : (forall i, (i < d)%nat -> 0 < s i) -> 0 < gauss_vec d m s x.
Proof. intros H; apply prodn_pos; intros; apply gauss_pos; auto. Qed.

Lemma gauss_continuous m s x : s <> 0 -> continuous (gauss m s) x.
Proof.
  intros H. apply (ex_derive_continuous (V := R_NormedModule)).
  eexists. now apply gauss_derive_x.
Qed.

(* continuity in both variables, written without a division inside the exponential *)
Lemma c2_gauss (m s y : R -> R -> R) u v :
  continuity_2d_pt m u v -> continuity_2d_pt s u v -> continuity_2d_pt y u v -> s u v <> 0 ->
  continuity_2d_pt (fun u v => gauss (m u v) (s u v) (y u v)) u v.
Proof.
  intros Hm Hs Hy H0.
  apply continuity_2d_pt_ext with (fun u v =>
     exp (- ((y u v - m u v) * (y u v - m u v) * / (2 * (s u v * s u v)))) * / (sqrt (2 * PI) * s u v)).
  { intros u' v'; unfold gauss, Rdiv; simpl. f_equal. f_equal. rewrite !Rmult_1_r. ring. }
  apply continuity_2d_pt_mult.
  - apply (continuity_1d_2d_pt_comp exp).
    + apply derivable_continuous_pt, derivable_pt_exp.
    + apply continuity_2d_pt_opp, continuity_2d_pt_mult.
      * apply continuity_2d_pt_mult; now apply continuity_2d_pt_minus.
      * apply continuity_2d_pt_inv.
        -- apply continuity_2d_pt_mult; [apply continuity_2d_pt_const|now apply continuity_2d_pt_mult].
        -- intros E. apply (nz2 _ H0). rewrite <- E; ring.
  - apply continuity_2d_pt_inv; [|now apply nzp].
    apply continuity_2d_pt_mult; [apply continuity_2d_pt_const|easy].
Qed.

Ltac c2 := repeat first
  [ apply continuity_2d_pt_const | apply continuity_2d_pt_id1 | apply continuity_2d_pt_id2
  | apply c2_gauss | apply continuity_2d_pt_minus | apply continuity_2d_pt_plus
  | apply continuity_2d_pt_opp | apply continuity_2d_pt_mult ].

Lemma ex_diff_gauss d (mu sigma : R -> R) i t x : (i < d)%nat ->
  ex_derive mu t -> ex_derive sigma t -> 0 < sigma t ->
  ex_diff_at d (fun s y => gauss (mu s) (sigma s) (y i)) t x.
Proof.
  intros Hi Hm Hs H0.
  assert (A : ex_diff_at d (fun s y => (y i + (-1) * mu s)) t x).
  { apply ex_diff_plus; [now apply ex_diff_coord|]. apply ex_diff_scal. now apply (ex_diff_time d mu). }
  assert (B : ex_diff_at d (fun s y => / sigma s) t x).
  { apply (ex_diff_time d (fun s => / sigma s)). apply (ex_derive_inv sigma); [easy|lra]. }
  apply ex_diff_ext with
    (fun s y => exp ((- / 2) * ((y i + (-1) * mu s) * / sigma s)^2) * (/ sqrt (2 * PI) * / sigma s)).
  { intros s y. unfold gauss, Rdiv. rewrite (Rinv_mult (sqrt (2 * PI)) (sigma s)).
    f_equal. f_equal. simpl. rewrite !Rmult_1_r, !Rinv_mult. ring. }
  apply ex_diff_mult; [|now apply ex_diff_scal].
  apply (ex_diff_comp d (fun s y => (y i + (-1) * mu s) * / sigma s) t x
           (fun z => exp ((- / 2) * z^2))).
  - now apply ex_diff_mult.
  - auto_derive; easy.
Qed.


(* ---------- Bayes: the product of two normals is a normal times a normal ---------- *)
Lemma gauss_bayes_exponent a x y m w v V : w <> 0 -> v <> 0 -> V <> 0 -> V = a * a * w + v ->
  - (x - a * y)^2 / (2 * v) + - (y - m)^2 / (2 * w) =
  - (x - a * m)^2 / (2 * V) + - (y - (m + a * w * ((x - a * m) / V)))^2 / (2 * (w * v / V)).
Proof. intros Hw Hv HV E. subst V. field. repeat split; auto. Qed.

(* With V = a^2 s^2 + r^2:  N(x; a y, r^2) N(y; m, s^2) = N(x; a m, V) N(y; m + a s^2 (x - a m)/V, s^2 r^2/V).
   The first factor on the right is the marginal density of x, the second the posterior of y. *)
Theorem gauss_bayes a r m s V x y : 0 < r -> 0 < s -> V = a * a * (s * s) + r * r ->
  gauss (a * y) r x * gauss m s y
  = gauss (a * m) (sqrt V) x * gauss (m + a * (s * s) * ((x - a * m) / V)) (s * r / sqrt V) y.
Proof.
  intros Hr Hs HV. assert (Hp := sqrt2pi_pos).
  assert (V0 : 0 < V) by (assert (0 <= a * a * (s * s)) by nra; nra).
  assert (Q := sqrt_lt_R0 V V0). assert (QQ := sqrt_sqrt V (Rlt_le _ _ V0)).
  assert (X := gauss_bayes_exponent a x y m (s * s) (r * r) V ltac:(nra) ltac:(nra) ltac:(lra) HV).
  set (q := sqrt V) in *. unfold gauss.
  replace (2 * r ^ 2) with (2 * (r * r)) by ring. replace (2 * s ^ 2) with (2 * (s * s)) by ring.
  replace (2 * q ^ 2) with (2 * V) by (rewrite <- QQ; ring).
  replace (2 * (s * r / q) ^ 2) with (2 * (s * s * (r * r) / V)).
  2:{ rewrite <- QQ. field. lra. }
  set (e1 := - (x - a * y) ^ 2 / (2 * (r * r))) in *. set (e2 := - (y - m) ^ 2 / (2 * (s * s))) in *.
  set (e3 := - (x - a * m) ^ 2 / (2 * V)) in *.
  match goal with |- _ = _ * (exp ?e / _) => set (e4 := e) in * end.
  transitivity (exp (e1 + e2) / (sqrt (2 * PI) * sqrt (2 * PI) * (s * r))).
  - rewrite exp_plus. field. lra.
  - rewrite X, exp_plus. field. lra.
Qed.

(* The score of one normal: d/dx log N(x; m, s^2) = -(x - m)/s^2. *)
Theorem gauss_score m s x : 0 < s -> is_derive (fun y => ln (gauss m s y)) x (- (x - m) / s^2).
Proof.
  intros Hs. eapply is_derive_eq.
  - apply is_derive_ln_comp; [apply gauss_derive_x; lra|now apply gauss_pos].
  - assert (P := gauss_pos m s x Hs). field. lra.
Qed.

(* The product density as a function of one coordinate: the other factors are constant. *)
Lemma gauss_vec_upd d m s x i y : (i < d)%nat -> 0 < s i ->
  gauss_vec d m s (upd x i y) = gauss_vec d m s x / gauss (m i) (s i) (x i) * gauss (m i) (s i) y.
Proof.
  intros Hi Hs. unfold gauss_vec.
  rewrite (prodn_upd d (fun j => gauss (m j) (s j) (x j))
             (fun j => gauss (m j) (s j) (upd x i y j)) i Hi).
  - now rewrite upd_same.
  - apply Rgt_not_eq. now apply gauss_pos.
  - intros j Hj Hji. now rewrite upd_other.
Qed.

Lemma gauss_vec_derive_coord d m s x i : (i < d)%nat -> 0 < s i ->
  is_derive (fun y => gauss_vec d m s (upd x i y)) (x i)
            (gauss_vec d m s x * (- (x i - m i) / (s i)^2)).
Proof.
  intros Hi Hs. assert (P := gauss_pos (m i) (s i) (x i) Hs).
  apply is_derive_ext with
    (fun y => gauss_vec d m s x / gauss (m i) (s i) (x i) * gauss (m i) (s i) y).
  - intros y. symmetry. now apply gauss_vec_upd.
  - eapply is_derive_eq.
    + apply (is_derive_scal (gauss (m i) (s i))). apply gauss_derive_x. lra.
    + field. lra.
Qed.

(* With equal spread the nearer mean has the larger density: the nearer data point weighs more. *)
Theorem nearer_mean_is_likelier m1 m2 s x : 0 < s -> Rabs (x - m1) < Rabs (x - m2) ->
  gauss m2 s x < gauss m1 s x.
Proof.
  intros Hs H. assert (P := sqrt2pi_pos). apply Rsqr_lt_abs_1 in H. unfold Rsqr in H.
  unfold gauss, Rdiv. apply Rmult_lt_compat_r; [apply Rinv_0_lt_compat; nra|].
  apply exp_increasing.
  assert (I : 0 < / (2 * s ^ 2)) by (apply Rinv_0_lt_compat; nra).
  simpl. simpl in I. nra.
Qed.

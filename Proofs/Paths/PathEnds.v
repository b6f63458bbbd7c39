(* Where the rows of the path table begin and end. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation AffinePaths.
Open Scope R_scope.

(* The path is regular between a and b, and at b nothing is left but the data. *)
Definition ends_at_the_data (p : path) (a b : R) := a < b /\ (forall t, a < t < b -> regular p t) /\
  filterlim (alpha p) (at_left b) (locally 1) /\ filterlim (sigma p) (at_left b) (locally 0).

(* It also goes through time 0, where nothing is there but the noise. *)
Definition carries_noise_to_data (p : path) :=
  (exists a, a < 0 /\ ends_at_the_data p a 1) /\ alpha p 0 = 0 /\ sigma p 0 = 1.

Lemma left_limit (f : R -> R) x l : continuous f x -> f x = l -> filterlim f (at_left x) (locally l).
Proof.
  intros C <-. apply (filterlim_filter_le_1 (F := locally x)); [|exact C].
  apply filter_le_within.
Qed.

Lemma smooth_left_limit (f : R -> R) x l : ex_derive f x -> f x = l -> filterlim f (at_left x) (locally l).
Proof. intros D E. apply left_limit; [|exact E]. now apply (ex_derive_continuous (V := R_NormedModule) f). Qed.

Lemma root_left_limit (f : R -> R) x l : ex_derive f x -> sqrt (f x) = l ->
  filterlim (fun t => sqrt (f t)) (at_left x) (locally l).
Proof.
  intros D E. apply left_limit; [|exact E]. apply (continuous_sqrt_comp f).
  now apply (ex_derive_continuous (V := R_NormedModule) f).
Qed.

(* Six rows begin at the noise and end at the data. *)
Theorem rows_from_noise_to_data :
  carries_noise_to_data (OptimalTransportPath 0) /\ carries_noise_to_data CosinePath /\
  carries_noise_to_data LinearVariancePreservingPath /\ carries_noise_to_data (ShiftedOptimalTransportPath 0) /\
  carries_noise_to_data (IndependentCouplingPath 0) /\ (forall s, carries_noise_to_data (SchrodingerBridgePath s)).
Proof.
  assert (by_parts : forall p a, a < 0 -> (forall t, a < t < 1 -> regular p t) ->
    filterlim (alpha p) (at_left 1) (locally 1) -> filterlim (sigma p) (at_left 1) (locally 0) ->
    alpha p 0 = 0 -> sigma p 0 = 1 -> carries_noise_to_data p).
  { intros p a Ha H1 H2 H3 H4 H5. refine (conj (ex_intro _ a (conj Ha _)) (conj H4 H5)).
    exact (conj (Rlt_trans _ _ _ Ha Rlt_0_1) (conj H1 (conj H2 H3))). }
  repeat match goal with |- _ /\ _ => split end.
  - apply (by_parts _ (-1)); simpl; try lra; [intros; apply ot_regular; lra| |];
      apply smooth_left_limit; try lra; auto_derive; easy.
  - apply (by_parts _ (-1)); simpl; try lra.
    + intros; now apply cosine_regular.
    + apply smooth_left_limit; [auto_derive; easy|]. transitivity (sin (PI / 2)); [f_equal; field|exact sin_PI2].
    + apply smooth_left_limit; [auto_derive; easy|]. transitivity (sin 0); [f_equal; field|exact sin_0].
    + transitivity (sin 0); [f_equal; field|exact sin_0].
    + transitivity (sin (PI / 2)); [f_equal; field|exact sin_PI2].
  - apply (by_parts _ (-1)); simpl; try lra.
    + intros; now apply linear_vp_regular.
    + apply smooth_left_limit; [auto_derive; easy|lra].
    + apply root_left_limit; [auto_derive; easy|]. transitivity (sqrt 0); [f_equal; ring|exact sqrt_0].
    + transitivity (sqrt 1); [f_equal; ring|exact sqrt_1].
  - apply (by_parts _ (-1)); simpl; try lra; [intros; apply shifted_ot_regular; lra| |];
      apply smooth_left_limit; try lra; auto_derive; easy.
  - apply (by_parts _ (-1)); simpl; try lra.
    + intros; apply icfm_regular. nra.
    + apply smooth_left_limit; [auto_derive; easy|lra].
    + apply root_left_limit; [auto_derive; easy|]. transitivity (sqrt 0); [f_equal; ring|exact sqrt_0].
    + transitivity (sqrt 1); [f_equal; ring|exact sqrt_1].
  - intros s. assert (D : 0 < 1 + s * s) by nra. assert (I := Rinv_0_lt_compat _ D).
    apply (by_parts _ (- / (1 + s * s))); simpl; try lra.
    + intros t Ht. apply regular_root; [apply is_derive_identity|auto_derive; [easy|field]|].
      apply Rmult_lt_0_compat; [lra|]. assert (E : - t * (1 + s * s) < 1).
      { apply Rmult_lt_reg_r with (/ (1 + s * s)); [easy|]. rewrite Rmult_assoc, Rinv_r by lra. lra. }
      destruct (Rle_lt_dec 0 t); nra.
    + apply smooth_left_limit; [auto_derive; easy|lra].
    + apply root_left_limit; [auto_derive; easy|]. transitivity (sqrt 0); [f_equal; ring|exact sqrt_0].
    + transitivity (sqrt 1); [f_equal; ring|exact sqrt_1].
Qed.

(* The diffusion paths end at the data too, but do not begin at the noise alone; the polynomial path has its
   noise at t = 0, where t^n need not have a derivative. *)
Theorem rows_ending_at_the_data :
  (forall bmin bmax, 0 < bmin <= bmax -> ends_at_the_data (VariancePreservingPath bmin bmax) (-1) 1) /\
  (forall smin smax, 0 < smin < smax -> ends_at_the_data (VarianceExplodingPath smin smax) (-1) 1) /\
  (forall n, 0 < n -> ends_at_the_data (PolynomialPath n) 0 1).
Proof.
  refine (conj _ (conj _ _)).
  - intros bmin bmax Hb. split; [lra|]. split; [intros; apply vp_regular; lra|]. split; simpl.
    + apply smooth_left_limit; [unfold vp_T; auto_derive; easy|]. transitivity (exp 0); [f_equal; unfold vp_T; field|exact exp_0].
    + apply root_left_limit; [unfold vp_T; auto_derive; easy|].
      replace (- vp_T bmin bmax (1 - 1)) with 0 by (unfold vp_T; field). rewrite exp_0. transitivity (sqrt 0); [f_equal; ring|exact sqrt_0].
  - intros smin smax Hs. split; [lra|]. split; [intros; apply ve_regular; lra|]. split; simpl.
    + apply filterlim_const.
    + replace 0 with (smin * 0) by ring.
      exact (filterlim_comp _ _ _ (fun t => sqrt (exp (2 * (1 - t) * ln (smax / smin)) - 1)) (fun y => smin * y) _ _ _
        (root_left_limit (fun t => exp (2 * (1 - t) * ln (smax / smin)) - 1) 1 0 ltac:(auto_derive; easy)
          ltac:(cbv beta; replace (2 * (1 - 1) * ln (smax / smin)) with 0 by ring; rewrite exp_0; transitivity (sqrt 0); [f_equal; ring|exact sqrt_0]))
        (filterlim_scal_r (K := R_AbsRing) (V := R_NormedModule) smin 0)).
  - intros n Hn. assert (E : Rpower 1 n = 1) by (unfold Rpower; rewrite ln_1; transitivity (exp 0); [f_equal; ring|exact exp_0]).
    split; [lra|]. split; [intros; apply polynomial_regular; lra|].
    assert (D := is_derive_Rpower 1 n Rlt_0_1). split; simpl.
    + apply smooth_left_limit; [now exists (n * Rpower 1 (n - 1))|exact E].
    + apply smooth_left_limit; [|rewrite E; ring].
      apply (ex_derive_minus (fun _ => 1) (fun t => Rpower t n)); [apply ex_derive_const|].
      now exists (n * Rpower 1 (n - 1)).
Qed.

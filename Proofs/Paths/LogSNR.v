(* The signal-to-noise ratio: log_snr(t) = log(alpha/sigma), half of the usual log(alpha^2/sigma^2).
   Its derivative, that it increases on every row of the path table, and its inverse row by row. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian ConditionalField AffinePaths.
Open Scope R_scope.

Definition log_snr (p : path) (t : R) := ln (alpha p t / sigma p t).

(* log_snr' = det/(alpha sigma). *)
Theorem log_snr_derivative p t : regular p t -> 0 < alpha p t ->
  is_derive (log_snr p) t (det p t / (alpha p t * sigma p t)).
Proof.
  intros (H0 & Ha & Hs) A0. unfold log_snr.
  eapply is_derive_eq.
  - apply is_derive_ln_comp.
    + apply is_derive_div; [exact Ha|exact Hs|lra].
    + now apply Rdiv_lt_0_compat.
  - unfold det. field. lra.
Qed.

(* det > 0 on an interval makes the SNR increase there. *)
Theorem log_snr_increasing p a b : a < b ->
  (forall t, a <= t <= b -> regular p t /\ 0 < alpha p t /\ 0 < det p t) ->
  log_snr p a < log_snr p b.
Proof.
  intros Hab H.
  assert (D : forall t, a <= t <= b ->
            is_derive (log_snr p) t (det p t / (alpha p t * sigma p t)))
    by (intros t Ht; destruct (H t Ht) as (h1 & h2 & h3); now apply log_snr_derivative).
  destruct (MVT_gen (log_snr p) a b (fun t => det p t / (alpha p t * sigma p t))) as (c & Hc & E).
  - intros t Ht. apply D. rewrite Rmin_left, Rmax_right in Ht; lra.
  - intros t Ht. rewrite Rmin_left, Rmax_right in Ht by lra.
    apply continuity_pt_filterlim, (ex_derive_continuous (V := R_NormedModule) (log_snr p)).
    eexists. now apply D.
  - rewrite Rmin_left, Rmax_right in Hc by lra.
    destruct (H c Hc) as ((h0 & _) & h2 & h3).
    assert (0 < det p c / (alpha p c * sigma p c))
      by (apply Rdiv_lt_0_compat; [easy|now apply Rmult_lt_0_compat]).
    nra.
Qed.

(* ---------- det = alpha' sigma - alpha sigma', row by row ---------- *)
Lemma ot_det s t : 0 < (1 - t) + s * t -> det (OptimalTransportPath s) t = 1.
Proof. intros. unfold det, sigmaDot; simpl. field. lra. Qed.

Lemma vp_square bmin bmax r :
  exp (- vp_T bmin bmax r / 2) * exp (- vp_T bmin bmax r / 2) = exp (- vp_T bmin bmax r).
Proof. rewrite <- exp_plus. f_equal. field. Qed.

Lemma vp_variance bmin bmax t : 0 < bmin <= bmax -> t < 1 ->
  variance (VariancePreservingPath bmin bmax) t = 1 - exp (- vp_T bmin bmax (1 - t)).
Proof.
  intros Hb Ht. unfold variance; simpl. apply sqrt_sqrt.
  assert (P := vp_T_pos bmin bmax (1 - t) Hb ltac:(lra)). apply exp_neg_lt_1 in P. lra.
Qed.

Lemma vp_det bmin bmax t : 0 < bmin <= bmax -> t < 1 ->
  let p := VariancePreservingPath bmin bmax in
  det p t = vp_beta bmin bmax (1 - t) * alpha p t / (2 * sigma p t).
Proof.
  intros Hb Ht p. destruct (vp_regular bmin bmax t Hb Ht) as (H0 & _).
  assert (V := vp_variance bmin bmax t Hb Ht). unfold variance in V. unfold p, det, sigmaDot.
  simpl in *. set (q := sqrt _) in *.
  rewrite <- (vp_square bmin bmax (1 - t)) in *. set (a := exp (- vp_T bmin bmax (1 - t) / 2)) in *.
  apply Rmult_eq_reg_r with (2 * q); [|lra]. field_simplify; [|lra|lra].
  replace (q ^ 2) with (1 - a * a) by (rewrite <- V; ring). ring.
Qed.

Lemma ve_det smin smax t : 
  det (VarianceExplodingPath smin smax) t = - sigmaDot (VarianceExplodingPath smin smax) t.
Proof. unfold det; simpl. ring. Qed.

Lemma ve_geometric_det smin smax t : 0 < smax ->
  det (GeometricVarianceExplodingPath smin smax) t
  = ln (smax / smin) * sigma (GeometricVarianceExplodingPath smin smax) t.
Proof.
  intros H. unfold det, sigmaDot; simpl.
  assert (E := exp_pos (- t * ln (smax / smin))). field. nra.
Qed.

Lemma cosine_det t : -1 < t < 1 -> det CosinePath t = PI / 2.
Proof.
  intros Ht. assert (P := PI_RGT_0). unfold det, sigmaDot; simpl.
  assert (S0 : 0 < sin (PI * ((1 - t) / 2))) by (apply sin_gt_0; nra).
  replace (PI * (1 - t)) with (2 * (PI * ((1 - t) / 2))) by field. rewrite sin_2a.
  transitivity (PI / 2 * sin (PI * (t / 2) + PI * ((1 - t) / 2))).
  - rewrite sin_plus. field. lra.
  - replace (PI * (t / 2) + PI * ((1 - t) / 2)) with (PI / 2) by field. rewrite sin_PI2. ring.
Qed.

Lemma linear_vp_det t : -1 < t < 1 ->
  det LinearVariancePreservingPath t = / sigma LinearVariancePreservingPath t.
Proof.
  intros Ht. unfold det, sigmaDot; simpl.
  assert (Q : 0 < (1 - t) * (1 + t)) by nra. assert (Q' := sqrt_lt_R0 _ Q).
  assert (S := sqrt_sqrt _ (Rlt_le _ _ Q)). set (q := sqrt _) in *.
  apply Rmult_eq_reg_r with q; [|lra]. field_simplify; [|lra|lra].
  replace (q ^ 2) with ((1 - t) * (1 + t)) by (rewrite <- S; ring). ring.
Qed.

Lemma polynomial_det n t : 0 < n -> 0 < t < 1 ->
  det (PolynomialPath n) t = n * Rpower t (n - 1).
Proof.
  intros Hn Ht. assert (P := Rpower_lt_1 t n Ht Hn). unfold det, sigmaDot; simpl. field. lra.
Qed.

Lemma shifted_ot_det s t : 0 < (1 - t) + s -> det (ShiftedOptimalTransportPath s) t = 1 + s.
Proof. intros. unfold det, sigmaDot; simpl. field. lra. Qed.

Lemma icfm_det s t : 0 < (1 - t) * (1 - t) + s * s ->
  det (IndependentCouplingPath s) t = ((1 - t) + s * s) / sigma (IndependentCouplingPath s) t.
Proof.
  intros Q. unfold det, sigmaDot; simpl. assert (Q' := sqrt_lt_R0 _ Q).
  assert (S := sqrt_sqrt _ (Rlt_le _ _ Q)). set (q := sqrt _) in *.
  apply Rmult_eq_reg_r with q; [|lra]. field_simplify; [|lra|lra].
  replace (q ^ 2) with ((1 - t) * (1 - t) + s * s) by (rewrite <- S; ring). ring.
Qed.

Lemma schrodinger_bridge_det s t : 0 <= t < 1 ->
  det (SchrodingerBridgePath s) t
  = (2 * (1 - t) + s * s * t) / (2 * sigma (SchrodingerBridgePath s) t).
Proof.
  intros Ht. assert (Q := schrodinger_bridge_variance_pos s t Ht). unfold det, sigmaDot; simpl.
  assert (Q' := sqrt_lt_R0 _ Q).
  assert (S := sqrt_sqrt _ (Rlt_le _ _ Q)). set (q := sqrt _) in *.
  apply Rmult_eq_reg_r with (2 * q); [|lra]. field_simplify; [|lra|lra].
  replace (q ^ 2) with ((1 - t) * ((1 - t) + s * s * t)) by (rewrite <- S; ring). ring.
Qed.

(* ---------- every row goes from noise to data ---------- *)
Definition snr_increases (p : path) :=
  forall a b, 0 < a -> a < b -> b < 1 -> log_snr p a < log_snr p b.

Lemma increases_by p :
  (forall t, 0 < t < 1 -> regular p t /\ 0 < alpha p t /\ 0 < det p t) -> snr_increases p.
Proof. intros H a b Ha Hab Hb. apply log_snr_increasing; [easy|]. intros t Ht. apply H. lra. Qed.

(* The log-SNR increases strictly on (0, 1) for every row: det > 0. *)
Theorem log_snr_increases_on_every_row :
  (forall s, 0 <= s -> snr_increases (OptimalTransportPath s)) /\
  (forall bmin bmax, 0 < bmin <= bmax -> snr_increases (VariancePreservingPath bmin bmax)) /\
  (forall smin smax, 0 < smin < smax -> snr_increases (VarianceExplodingPath smin smax)) /\
  (forall smin smax, 0 < smin < smax -> snr_increases (GeometricVarianceExplodingPath smin smax)) /\
  snr_increases CosinePath /\
  snr_increases LinearVariancePreservingPath /\
  (forall n, 0 < n -> snr_increases (PolynomialPath n)) /\
  (forall s, 0 <= s -> snr_increases (ShiftedOptimalTransportPath s)) /\
  (forall s, snr_increases (IndependentCouplingPath s)) /\
  (forall s, snr_increases (SchrodingerBridgePath s)).
Proof.
  repeat match goal with |- _ /\ _ => split end; intros; apply increases_by; intros t Ht.
  - assert (P : 0 < (1 - t) + s * t) by (assert (0 <= s * t) by nra; lra).
    rewrite ot_det by easy. split; [now apply ot_regular|simpl; lra].
  - assert (R := vp_regular bmin bmax t H ltac:(lra)).
    rewrite vp_det by (easy || lra). split; [easy|]. destruct R as (R & _).
    assert (A : 0 < alpha (VariancePreservingPath bmin bmax) t) by apply exp_pos.
    split; [easy|]. apply Rdiv_lt_0_compat; [|lra]. apply Rmult_lt_0_compat; [|easy].
    unfold vp_beta. nra.
  - assert (R := ve_regular smin smax t H ltac:(lra)). split; [easy|]. split; [simpl; lra|].
    rewrite ve_det. destruct R as (R & _). unfold sigmaDot.
    replace (- (_ / _)) with (smin * smin * ln (smax / smin) * exp (2 * (1 - t) * ln (smax / smin))
      / sigma (VarianceExplodingPath smin smax) t).
    + apply Rdiv_lt_0_compat; [|easy]. assert (L := ln_ratio_pos _ _ H).
      apply Rmult_lt_0_compat; [|apply exp_pos]. apply Rmult_lt_0_compat; nra.
    + set (q := sigma (VarianceExplodingPath smin smax) t) in *. clearbody q. simpl. field. lra.
  - assert (R := ve_geometric_regular smin smax t ltac:(lra)). split; [easy|]. split; [simpl; lra|].
    rewrite ve_geometric_det by lra. destruct R as (R & _).
    assert (L := ln_ratio_pos _ _ H). now apply Rmult_lt_0_compat.
  - rewrite cosine_det by lra. assert (P := PI_RGT_0). split; [apply cosine_regular; lra|].
    split; [|lra]. simpl. apply sin_gt_0; nra.
  - rewrite linear_vp_det by lra. assert (R := linear_vp_regular t ltac:(lra)). split; [easy|].
    destruct R as (R & _). split; [simpl; lra|]. now apply Rinv_0_lt_compat.
  - rewrite polynomial_det by easy. split; [now apply polynomial_regular|].
    assert (P := Rpower_lt_1 t n Ht H). split; [simpl; lra|].
    rewrite Rpower_minus_1 by lra. apply Rmult_lt_0_compat; [easy|]. apply Rdiv_lt_0_compat; lra.
  - rewrite shifted_ot_det by lra. split; [apply shifted_ot_regular; lra|simpl; lra].
  - assert (P : 0 < (1 - t) * (1 - t) + s * s) by nra.
    rewrite icfm_det by easy. assert (R := icfm_regular s t P). split; [easy|].
    destruct R as (R & _). split; [simpl; lra|]. apply Rdiv_lt_0_compat; [nra|easy].
  - assert (R := schrodinger_bridge_regular s t ltac:(lra)).
    rewrite schrodinger_bridge_det by lra. split; [easy|].
    destruct R as (R & _). split; [simpl; lra|].
    assert (0 <= s * s * t) by (apply Rmult_le_pos; nra). apply Rdiv_lt_0_compat; lra.
Qed.

(* ---------- the inverse: t from l = log_snr(t) ---------- *)
Lemma exp_log_snr p t : 0 < sigma p t -> 0 < alpha p t ->
  exp (log_snr p t) = alpha p t / sigma p t /\
  exp (- log_snr p t) = sigma p t / alpha p t /\
  exp (- 2 * log_snr p t) = variance p t / (alpha p t * alpha p t).
Proof.
  intros H0 A0. unfold log_snr.
  assert (E : exp (ln (alpha p t / sigma p t)) = alpha p t / sigma p t)
    by (apply exp_ln; now apply Rdiv_lt_0_compat).
  assert (F : exp (- ln (alpha p t / sigma p t)) = sigma p t / alpha p t)
    by (rewrite exp_Ropp, E; field; lra).
  split; [easy|split; [easy|]].
  replace (- 2 * ln (alpha p t / sigma p t))
    with (- ln (alpha p t / sigma p t) + - ln (alpha p t / sigma p t)) by ring.
  rewrite exp_plus, F. unfold variance. field. lra.
Qed.

Lemma sqrt_unique x y : 0 <= y -> x = y * y -> sqrt x = y.
Proof. intros H ->. now apply sqrt_square. Qed.

Definition ot_time s l := 1 / (exp (- l) + 1 - s).
Definition vp_time bmin bmax l :=
  let T := ln (1 + exp (- 2 * l)) in
  1 - 2 * T / (bmin + sqrt (bmin * bmin + 2 * (bmax - bmin) * T)).
Definition ve_time smin smax l :=
  1 - ln (1 + exp (- 2 * l) / (smin * smin)) / (2 * ln (smax / smin)).
Definition ve_geometric_time smin smax l := 1 - (- l - ln smin) / ln (smax / smin).
Definition cosine_time l := 2 / PI * atan (exp l).
Definition linear_vp_time l := 1 / sqrt (1 + exp (- 2 * l)).
Definition polynomial_time n l := Rpower (1 + exp (- l)) (- (1 / n)).
Definition shifted_ot_time s l := (1 + s) / (1 + exp (- l)).
Definition icfm_time s l :=
  let c := 1 + s * s in c / (1 + sqrt (1 + (exp (- 2 * l) - 1) * c)).
Definition schrodinger_bridge_time s l :=
  let h := 1 - s * s / 2 in 1 / (h + sqrt (h * h + exp (- 2 * l) - 1 + s * s)).
Definition schrodinger_bridge_time_negative s l :=
  let h := 1 - s * s / 2 in let A := exp (- 2 * l) - 1 + s * s in (sqrt (h * h + A) - h) / A.

(* Inverse of the log-SNR, the last column of the path table; k = exp(-2 l). *)
Theorem log_snr_inverse_on_every_row t : 0 < t < 1 ->
  (forall s, 0 <= s -> ot_time s (log_snr (OptimalTransportPath s) t) = t) /\
  (forall bmin bmax, 0 < bmin <= bmax ->
     vp_time bmin bmax (log_snr (VariancePreservingPath bmin bmax) t) = t) /\
  (forall smin smax, 0 < smin < smax ->
     ve_time smin smax (log_snr (VarianceExplodingPath smin smax) t) = t) /\
  (forall smin smax, 0 < smin < smax ->
     ve_geometric_time smin smax (log_snr (GeometricVarianceExplodingPath smin smax) t) = t) /\
  cosine_time (log_snr CosinePath t) = t /\
  linear_vp_time (log_snr LinearVariancePreservingPath t) = t /\
  (forall n, 0 < n -> polynomial_time n (log_snr (PolynomialPath n) t) = t) /\
  (forall s, 0 <= s -> shifted_ot_time s (log_snr (ShiftedOptimalTransportPath s) t) = t) /\
  (forall s, icfm_time s (log_snr (IndependentCouplingPath s) t) = t) /\
  (forall s, schrodinger_bridge_time s (log_snr (SchrodingerBridgePath s) t) = t) /\
  (forall s, 2 < s * s ->
     schrodinger_bridge_time_negative s (log_snr (SchrodingerBridgePath s) t) = t).
Proof.
  intros Ht. refine (conj _ (conj _ (conj _ (conj _ (conj _ (conj _ (conj _ (conj _ (conj _ (conj _ _)))))))))).
  - intros s Hs. destruct (ot_regular s t) as (R & _); [assert (0 <= s * t) by nra; lra|].
    destruct (exp_log_snr _ t R) as (_ & E & _); [simpl; lra|]. unfold ot_time. rewrite E. simpl.
    field. lra.
  - intros bmin bmax Hb. destruct (vp_regular bmin bmax t Hb ltac:(lra)) as (R & _).
    destruct (exp_log_snr _ t R) as (_ & _ & E); [apply exp_pos|].
    unfold vp_time. rewrite E, vp_variance by (easy || lra). simpl alpha. rewrite vp_square.
    set (T := vp_T bmin bmax (1 - t)). assert (X := exp_pos (- T)).
    replace (1 + (1 - exp (- T)) / exp (- T)) with (/ exp (- T)) by (field; lra).
    rewrite <- exp_Ropp, Ropp_involutive, ln_exp.
    rewrite (sqrt_unique _ (bmin + (1 - t) * (bmax - bmin))).
    + unfold T, vp_T. field. nra.
    + nra.
    + unfold T, vp_T. field.
  - intros smin smax Hs. destruct (ve_regular smin smax t Hs ltac:(lra)) as (R & _).
    destruct (exp_log_snr _ t R) as (_ & _ & E); [simpl; lra|]. unfold ve_time. rewrite E.
    assert (L := ln_ratio_pos _ _ Hs). unfold variance; simpl. set (K := ln (smax / smin)) in *.
    assert (P : 1 < exp (2 * (1 - t) * K)) by (apply exp_gt_1; nra).
    replace (smin * sqrt (exp (2 * (1 - t) * K) - 1) * (smin * sqrt (exp (2 * (1 - t) * K) - 1)))
      with (smin * smin * (sqrt (exp (2 * (1 - t) * K) - 1) * sqrt (exp (2 * (1 - t) * K) - 1))) by ring.
    rewrite sqrt_sqrt by lra.
    replace (1 + _) with (exp (2 * (1 - t) * K)) by (field; lra). rewrite ln_exp. field. lra.
  - intros smin smax Hs. unfold ve_geometric_time, log_snr; simpl.
    assert (L := ln_ratio_pos _ _ Hs). set (K := ln (smax / smin)) in *.
    assert (E : ln smax = K + ln smin).
    { unfold K. unfold Rdiv. rewrite ln_mult by (try apply Rinv_0_lt_compat; lra).
      rewrite ln_Rinv by lra. ring. }
    assert (X := exp_pos (- t * K)).
    unfold Rdiv at 2. rewrite Rmult_1_l, ln_Rinv by nra.
    rewrite ln_mult, ln_exp, E by lra. field. lra.
  - assert (P := PI_RGT_0). destruct (cosine_regular t ltac:(lra)) as (R & _).
    destruct (exp_log_snr _ t R) as (E & _ & _); [simpl; apply sin_gt_0; nra|].
    unfold cosine_time. rewrite E. simpl.
    replace (PI * ((1 - t) / 2)) with (PI / 2 - PI * (t / 2)) by field. rewrite sin_shift.
    fold (tan (PI * (t / 2))). rewrite atan_tan by nra. field. lra.
  - destruct (linear_vp_regular t ltac:(lra)) as (R & _).
    destruct (exp_log_snr _ t R) as (_ & _ & E); [simpl; lra|]. unfold linear_vp_time. rewrite E.
    unfold variance; simpl. rewrite sqrt_sqrt by nra.
    rewrite (sqrt_unique _ (/ t)); [field; lra| |field; lra].
    apply Rlt_le, Rinv_0_lt_compat; lra.
  - intros n Hn. destruct (polynomial_regular n t Hn Ht) as (R & _).
    assert (P := Rpower_lt_1 t n Ht Hn).
    destruct (exp_log_snr _ t R) as (_ & E & _); [simpl; lra|]. unfold polynomial_time. rewrite E. simpl.
    replace (1 + (1 - Rpower t n) / Rpower t n) with (/ Rpower t n) by (field; lra).
    rewrite <- Rpower_Ropp, Rpower_mult. replace (- n * - (1 / n)) with 1 by (field; lra).
    apply Rpower_1; lra.
  - intros s Hs. destruct (shifted_ot_regular s t ltac:(lra)) as (R & _).
    destruct (exp_log_snr _ t R) as (_ & E & _); [simpl; lra|]. unfold shifted_ot_time. rewrite E. simpl.
    field. lra.
  - intros s. assert (P : 0 < (1 - t) * (1 - t) + s * s) by nra.
    destruct (icfm_regular s t P) as (R & _).
    destruct (exp_log_snr _ t R) as (_ & _ & E); [simpl; lra|]. unfold icfm_time. rewrite E.
    unfold variance; simpl. rewrite sqrt_sqrt by lra.
    rewrite (sqrt_unique _ ((1 + s * s - t) / t)).
    + field. nra.
    + apply Rlt_le, Rdiv_lt_0_compat; nra.
    + field. lra.
  - intros s. assert (P := schrodinger_bridge_variance_pos s t ltac:(lra)).
    destruct (schrodinger_bridge_regular s t ltac:(lra)) as (R & _).
    destruct (exp_log_snr _ t R) as (_ & _ & E); [simpl; lra|]. unfold schrodinger_bridge_time. rewrite E.
    unfold variance; simpl. rewrite sqrt_sqrt by lra.
    rewrite (sqrt_unique _ ((1 - (1 - s * s / 2) * t) / t)).
    + field. lra.
    + apply Rlt_le, Rdiv_lt_0_compat; nra.
    + field. lra.
  - intros s Hs. assert (P := schrodinger_bridge_variance_pos s t ltac:(lra)).
    destruct (schrodinger_bridge_regular s t ltac:(lra)) as (R & _).
    destruct (exp_log_snr _ t R) as (_ & _ & E); [simpl; lra|].
    unfold schrodinger_bridge_time_negative. rewrite E.
    unfold variance; simpl. rewrite sqrt_sqrt by lra.
    rewrite (sqrt_unique _ ((1 - (1 - s * s / 2) * t) / t)).
    + field. split; [lra|]. nra.
    + apply Rlt_le, Rdiv_lt_0_compat; nra.
    + field. lra.
Qed.

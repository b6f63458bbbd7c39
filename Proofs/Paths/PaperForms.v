(* The conditional fields as the paper prints them, in its own variables: VE and VP are written through
   functions of 1 - t, where the prime is the derivative of the function and not d/dt. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian ConditionalField AffinePaths LogSNR.
Open Scope R_scope.

(* Lipman et al., equation 21: mu = t x1, sigma = 1 - (1 - smin) t,
   u = (x1 - (1 - smin) x)/(1 - (1 - smin) t). *)
Definition ot_mu (x1 s : R) := s * x1.
Definition ot_sigma (smin s : R) := 1 - (1 - smin) * s.
Definition ot_field (smin x1 t x : R) := (x1 - (1 - smin) * x) / (1 - (1 - smin) * t).

Lemma ot_den_pos smin t : 0 < smin <= 1 -> 0 <= t <= 1 -> 0 < 1 - (1 - smin) * t.
Proof. intros; nra. Qed.

(* Lipman et al., equation 21: u = (x1 - (1 - smin) x)/(1 - (1 - smin) t) is the field, the only one. *)
Theorem paper_ot_field smin x1 t : 1 - (1 - smin) * t <> 0 ->
  generates (ot_mu x1) (ot_sigma smin) t (ot_field smin x1 t).
Proof.
  intros H0. apply (generates_by_theorem_3 _ _ x1 (- (1 - smin))).
  - unfold ot_mu; auto_derive; [easy|ring].
  - unfold ot_sigma; auto_derive; [easy|ring].
  - exact H0.
  - intros x; unfold ot_mu, ot_sigma, ot_field; now field.
Qed.

(* Lipman et al., equation 17: mu = x1, sigma = s_{1-t}, u = -(s'_{1-t}/s_{1-t}) (x - x1). *)
Theorem paper_ve_field (s : R -> R) (ds x1 t : R) :
  is_derive s (1 - t) ds -> s (1 - t) <> 0 ->
  generates (fun _ => x1) (fun r => s (1 - r)) t
            (fun x => - (ds / s (1 - t)) * (x - x1)).
Proof.
  intros Hs H0. apply (generates_by_theorem_3 _ _ 0 (- ds)).
  - apply (is_derive_const x1).
  - now apply is_derive_reversed.
  - exact H0.
  - intros x; now field.
Qed.

(* Lipman et al., equation 19, first form: mu = alpha_{1-t} x1, sigma = sqrt(1 - alpha_{1-t}^2),
   u = alpha'_{1-t}/(1 - alpha_{1-t}^2) (alpha_{1-t} x - x1). *)
Theorem paper_vp_field (al : R -> R) (dal x1 t : R) :
  is_derive al (1 - t) dal -> 0 < 1 - (al (1 - t))^2 ->
  generates (fun r => al (1 - r) * x1) (fun r => sqrt (1 - (al (1 - r))^2)) t
            (fun x => dal / (1 - (al (1 - t))^2) * (al (1 - t) * x - x1)).
Proof.
  intros Ha H0.
  assert (Hr := is_derive_reversed al t dal Ha).
  assert (Hq : 0 < sqrt (1 - (al (1 - t))^2)) by now apply sqrt_lt_R0.
  assert (Hqq := sqrt_sqrt _ (Rlt_le _ _ H0)).
  apply (generates_by_theorem_3 _ _ (- dal * x1) (al (1 - t) * dal / sqrt (1 - (al (1 - t))^2))).
  - apply (is_derive_scal_l (fun r => al (1 - r)) t (- dal) x1 Hr).
  - eapply is_derive_eq.
    + apply (is_derive_comp sqrt (fun r => 1 - (al (1 - r))^2)).
      * apply is_derive_sqrt; [apply is_derive_id|exact H0].
      * apply (is_derive_minus (fun _ => 1) (fun r => (al (1 - r))^2) t 0 (2 * al (1 - t) * - dal)).
        -- apply (is_derive_const 1).
        -- eapply is_derive_eq; [apply (is_derive_pow _ 2 _ _ Hr)|simpl; ring].
    + unfold scal, minus, plus, opp, one; simpl; unfold mult; simpl.
      simpl in Hq; field. lra.
  - simpl in *; lra.
  - intros x.
    set (q := sqrt (1 - (al (1 - t))^2)) in *.
    replace (1 - (al (1 - t))^2) with (q * q) by exact Hqq.
    assert (E : al (1-t) * al (1-t) = 1 - q * q) by (rewrite Hqq; ring).
    replace x1 with ((q*q + al (1-t) * al (1-t)) * x1) at 3 by (rewrite E; ring).
    field. lra.
Qed.

(* Equation 19, second form, with alpha = exp(-T/2):
   u = -(T'_{1-t}/2) (exp(-T_{1-t}) x - exp(-T_{1-t}/2) x1)/(1 - exp(-T_{1-t})). *)
Theorem paper_vp_field_T (T : R -> R) (dT x1 t : R) :
  is_derive T (1 - t) dT -> 0 < T (1 - t) ->
  generates (fun r => exp (- T (1 - r) / 2) * x1)
            (fun r => sqrt (1 - (exp (- T (1 - r) / 2))^2)) t
            (fun x => - dT / 2 * ((exp (- T (1 - t)) * x - exp (- T (1 - t) / 2) * x1)
                                  / (1 - exp (- T (1 - t))))).
Proof.
  intros HT H0.
  assert (E : (exp (- T (1 - t) / 2))^2 = exp (- T (1 - t))).
  { simpl; rewrite Rmult_1_r, <- exp_plus; f_equal; field. }
  assert (L : exp (- T (1 - t)) < 1) 
    by (apply Rlt_le_trans with (exp 0); [apply exp_increasing; lra|rewrite exp_0; lra]).
  assert (D : is_derive (fun s => exp (- T s / 2)) (1 - t)
                        (- dT / 2 * exp (- T (1 - t) / 2))).
  { eapply is_derive_eq.
    - apply (is_derive_comp exp (fun s => - T s / 2)); [apply is_derive_exp|].
      apply (is_derive_scal_l (fun s => - T s) (1 - t) (- dT) (/ 2)).
      apply (is_derive_opp _ _ _ HT).
    - unfold scal; simpl; unfold mult; simpl; field. }
  assert (G := paper_vp_field (fun s => exp (- T s / 2)) _ x1 t D).
  cbv beta in G. rewrite E in G.
  assert (P : 0 < 1 - exp (- T (1 - t))) by lra.
  destruct (G P) as [G1 G2]. split.
  - intros x0. specialize (G1 x0).
    eapply is_derive_eq; [exact G1|].
    rewrite <- E. simpl. field. simpl in E. lra.
  - intros v Hv x. rewrite (G2 v Hv x).
    rewrite <- E. simpl. field. simpl in E. lra.
Qed.

(* Any pair of schedules, x_t = alpha_t z + beta_t eps:
   u = (alpha' - (beta'/beta) alpha) z + (beta'/beta) x. *)
Theorem alpha_beta_field (al be : R -> R) (dal dbe z t : R) :
  is_derive al t dal -> is_derive be t dbe -> be t <> 0 ->
  generates (fun r => al r * z) be t
            (fun x => (dal - dbe / be t * al t) * z + dbe / be t * x).
Proof.
  intros Ha Hb H0. apply (generates_by_theorem_3 _ _ (dal * z) dbe); auto.
  - apply (is_derive_scal_l al t dal z Ha).
  - intros x; now field.
Qed.

(* ---------- the special forms of the path table are the general velocity ---------- *)
(* ((x1 - x) + smin x)/((1 - t) + smin t). *)
Theorem ot_special_form smin x1 t x i : 0 < (1 - t) + smin * t ->
  path_velocity (OptimalTransportPath smin) x1 t x i
  = ((x1 i - x i) + smin * x i) / ((1 - t) + smin * t).
Proof. intros H. unfold path_velocity, variance; simpl. field. lra. Qed.

(* beta alpha (x1 - alpha x)/(2 sigma^2). *)
Theorem vp_special_form bmin bmax x1 t x i : 0 < bmin <= bmax -> t < 1 ->
  let p := VariancePreservingPath bmin bmax in
  path_velocity p x1 t x i
  = vp_beta bmin bmax (1 - t) * alpha p t * (x1 i - alpha p t * x i) / (2 * variance p t).
Proof.
  intros Hb Ht p. assert (V := vp_variance bmin bmax t Hb Ht). fold p in V.
  assert (P := exp_neg_lt_1 _ (vp_T_pos bmin bmax (1 - t) Hb ltac:(lra))).
  assert (A : alpha p t * alpha p t = exp (- vp_T bmin bmax (1 - t))) by apply vp_square.
  assert (A1 : alphaDot p t = vp_beta bmin bmax (1 - t) * alpha p t / 2) by reflexivity.
  assert (A2 : halfVarianceDot p t = - vp_beta bmin bmax (1 - t) * (alpha p t * alpha p t) / 2)
    by (rewrite A; reflexivity).
  unfold path_velocity. rewrite V, A1, A2, <- A. field. lra.
Qed.

(* -(L/(1 - exp(-2 r L))) (x - x1), r = 1 - t. *)
Theorem ve_special_form smin smax x1 t x i : 0 < smin < smax -> t < 1 ->
  let L := ln (smax / smin) in
  path_velocity (VarianceExplodingPath smin smax) x1 t x i
  = - (L / (1 - exp (- (2 * (1 - t) * L)))) * (x i - x1 i).
Proof.
  intros Hs Ht L. assert (L0 := ln_ratio_pos _ _ Hs). fold L in L0.
  assert (P : 1 < exp (2 * (1 - t) * L)) by (apply exp_gt_1; nra).
  unfold path_velocity, variance; simpl. fold L. rewrite exp_Ropp. set (e := exp (2 * (1 - t) * L)) in *.
  replace (smin * sqrt (e - 1) * (smin * sqrt (e - 1)))
    with (smin * smin * (sqrt (e - 1) * sqrt (e - 1))) by ring.
  rewrite sqrt_sqrt by lra. field. repeat split; lra.
Qed.

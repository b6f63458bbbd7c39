(* Log weights of a mixture relative to one component, in the factorised form that does not cancel. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Averages Differentiation Gaussian AffinePaths PosteriorMoments.
Open Scope R_scope.

Lemma ln_gauss m s x : 0 < s ->
  ln (gauss m s x) = - (x - m)^2 / (2 * s^2) - ln (sqrt (2 * PI)) - ln s.
Proof.
  intros Hs. assert (P := sqrt2pi_pos). unfold gauss. unfold Rdiv at 1.
  rewrite ln_mult, ln_exp, ln_Rinv, ln_mult; try nra; [apply exp_pos|apply Rinv_0_lt_compat; nra].
Qed.

Lemma ln_prodn n f : (forall i, (i < n)%nat -> 0 < f i) -> ln (prodn n f) = sumn n (fun i => ln (f i)).
Proof.
  induction n; intros H; simpl; [apply ln_1|].
  rewrite ln_mult, IHn; auto with arith. apply prodn_pos; auto with arith.
Qed.

(* log N_k - log N_j = sum over the axes of
     alpha (m_k - m_j) (g_k + g_j)/2 + alpha^2 g_j (s_k^2 - s_j^2) g_k/2 - log(V_k/V_j)/2. *)
Theorem log_weight_difference p d m s t x j k : regular p t ->
  let g := component_score p m s t x in
  let V := component_variance p s t in
  ln (component_density p d m s k t x) - ln (component_density p d m s j t x)
  = sumn d (fun i => alpha p t * (m k i - m j i) * (g k i + g j i) / 2
      + alpha p t * alpha p t * g j i * (s k i * s k i - s j i * s j i) * g k i / 2
      - ln (V k i / V j i) / 2).
Proof.
  intros Hp g V. unfold component_density, gauss_vec.
  assert (V0 : forall l i, 0 < component_variance p s t l i) by (intros; now apply component_variance_pos).
  rewrite !ln_prodn by (intros; apply gauss_pos, sqrt_lt_R0, V0).
  rewrite <- sumn_minus. apply sumn_ext. intros i _.
  assert (A := V0 k i). assert (B := V0 j i).
  rewrite !ln_gauss by (apply sqrt_lt_R0; auto). unfold g, V, component_score.
  set (Vk := component_variance p s t k i) in *. set (Vj := component_variance p s t j i) in *.
  assert (E : alpha p t * alpha p t * (s k i * s k i - s j i * s j i) = Vk - Vj)
    by (unfold Vk, Vj, component_variance; ring).
  assert (L : forall v, 0 < v -> ln (sqrt v) = ln v / 2).
  { intros v Hv. rewrite <- (sqrt_sqrt v) at 2 by lra. rewrite ln_mult by (now apply sqrt_lt_R0). field. }
  assert (S : forall v, 0 < v -> sqrt v ^ 2 = v) by (intros v Hv; rewrite <- (sqrt_sqrt v) at 2 by lra; ring).
  rewrite (L Vk A), (L Vj B), (S Vk A), (S Vj B).
  replace (ln (Vk / Vj)) with (ln Vk - ln Vj).
  2:{ unfold Rdiv. rewrite ln_mult, ln_Rinv by (try apply Rinv_0_lt_compat; easy). ring. }
  replace (alpha p t * alpha p t * ((x i - alpha p t * m j i) / Vj) * (s k i * s k i - s j i * s j i)
           * ((x i - alpha p t * m k i) / Vk) / 2)
    with ((Vk - Vj) * ((x i - alpha p t * m j i) / Vj) * ((x i - alpha p t * m k i) / Vk) / 2)
    by (rewrite <- E; field; lra).
  field. lra.
Qed.

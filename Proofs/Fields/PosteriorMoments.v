(* The exact field of a mixture target. Component k is normal with mean m_k and, on axis i, standard
   deviation s_ki >= 0 (zero: a point of a cloud). Under x = alpha x1 + sigma eps everything follows
   from the posterior moments of the pair (x1, g):

     V_k = alpha^2 s_k^2 + v,   g_k = (x - alpha m_k)/V_k,   E_k = m_k + alpha s_k^2 g_k,
     D = E[x1|x] = sum p_k E_k,   g = -grad log p_t(x) = sum p_k g_k,   u = alpha' D + (v'/2) g. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Averages Differentiation Gaussian GaussianIntegrals GaussianLine
  ConditionalField ContinuityEquation AffinePaths MarginalField.
Open Scope R_scope.

Section Mixture.
Variable p : path.
Variables (d n : nat) (q : nat -> R) (m s : nat -> nat -> R).
Hypothesis Hq : forall k, (k < n)%nat -> 0 <= q k.
Hypothesis Hq0 : exists k, (k < n)%nat /\ 0 < q k.

Definition component_variance (t : R) (k i : nat) := alpha p t * alpha p t * (s k i * s k i) + variance p t.
Definition component_score (t : R) (x : vec) (k i : nat) :=
  (x i - alpha p t * m k i) / component_variance t k i.
Definition component_denoiser (t : R) (x : vec) (k i : nat) :=
  m k i + alpha p t * (s k i * s k i) * component_score t x k i.

Definition component_density (k : nat) (t : R) (x : vec) :=
  gauss_vec d (fun i => alpha p t * m k i) (fun i => sqrt (component_variance t k i)) x.
Definition weight (t : R) (x : vec) (k : nat) := q k * component_density k t x.
Definition mixture_density (t : R) (x : vec) := sumn n (weight t x).

Definition denoiser (t : R) (x : vec) (i : nat) :=
  average n (weight t x) (fun k => component_denoiser t x k i).
Definition negative_score (t : R) (x : vec) (i : nat) :=
  average n (weight t x) (fun k => component_score t x k i).
Definition mixture_velocity (t : R) (x : vec) (i : nat) :=
  alphaDot p t * denoiser t x i + halfVarianceDot p t * negative_score t x i.

Definition score_covariance (t : R) (x : vec) (i j : nat) :=
  covariance n (weight t x) (fun k => component_score t x k i) (fun k => component_score t x k j).

Section At.
Variable t : R.
Hypothesis Hp : regular p t.

Lemma component_variance_pos k i : 0 < component_variance t k i.
Proof.
  destruct Hp as (H0 & _). unfold component_variance, variance.
  assert (0 <= alpha p t * alpha p t) by apply Rle_0_sqr. assert (0 <= s k i * s k i) by apply Rle_0_sqr.
  assert (0 <= alpha p t * alpha p t * (s k i * s k i)) by now apply Rmult_le_pos. nra.
Qed.

Lemma component_density_pos k x : 0 < component_density k t x.
Proof. apply gauss_vec_pos. intros. apply sqrt_lt_R0, component_variance_pos. Qed.

Lemma mixture_density_pos x : 0 < mixture_density t x.
Proof.
  destruct Hq0 as (k0 & Hk0 & Hp0). unfold mixture_density, weight. apply (sumn_pos n _ k0); [|easy|].
  - intros k Hk. apply Rmult_le_pos; [auto|]. apply Rlt_le, component_density_pos.
  - apply Rmult_lt_0_compat; [auto|]. apply component_density_pos.
Qed.

Lemma component_variance_derive k i :
  is_derive (fun r => component_variance r k i) t
    (2 * (alpha p t * alphaDot p t * (s k i * s k i) + halfVarianceDot p t)).
Proof.
  destruct Hp as (H0 & Ha & Hs). unfold component_variance, variance. eapply is_derive_eq.
  - apply is_derive_sum; [apply is_derive_times|]; apply is_derive_product; eassumption.
  - unfold sigmaDot. field. lra.
Qed.

(* x = alpha D + v g: the two moments are tied by the observed point. *)
Theorem moments_consistent x i : x i = alpha p t * denoiser t x i + variance p t * negative_score t x i.
Proof.
  assert (P := mixture_density_pos x). unfold mixture_density in P.
  unfold denoiser, negative_score. rewrite <- !average_scal, <- average_plus by lra.
  symmetry. rewrite <- (average_const n (weight t x) (x i)) by lra.
  apply average_ext. intros k Hk. assert (V := component_variance_pos k i).
  unfold component_denoiser, component_score.
  replace (variance p t) with (component_variance t k i - alpha p t * alpha p t * (s k i * s k i))
    by (unfold component_variance; ring). field. lra.
Qed.

(* LM equation 8 in closed form: the marginal velocity alpha' D + (v'/2) g generates the mixture path. *)
Theorem mixture_velocity_generates x : continuity d mixture_density mixture_velocity t x.
Proof.
  set (sd := fun k i r => sqrt (component_variance r k i)).
  set (dsd := fun k i r => (alpha p r * alphaDot p r * (s k i * s k i) + halfVarianceDot p r) / sd k i r).
  assert (C := gaussian_mixture_velocity_generates d n q (fun k i r => alpha p r * m k i) sd
                 (fun k i r => alphaDot p r * m k i) dsd t x Hq Hq0).
  eapply continuity_ext; [|apply C].
  - intros y i. cbv beta. assert (P := mixture_density_pos y). unfold mixture_density in P.
    unfold mixture_velocity, denoiser, negative_score, marginal_velocity, marginal_density.
    rewrite <- !average_scal, <- average_plus by lra. unfold average.
    fold (component_density). change (fun k => q k * _) with (weight t y).
    f_equal. apply sumn_ext. intros k Hk. unfold weight at 1. change (gauss_vec d _ _ y) with (component_density k t y).
    assert (V := component_variance_pos k i). assert (Q := sqrt_sqrt _ (Rlt_le _ _ V)).
    assert (Q0 := sqrt_lt_R0 _ V).
    assert (E : dsd k i t / sd k i t =
      (alpha p t * alphaDot p t * (s k i * s k i) + halfVarianceDot p t) / component_variance t k i).
    { unfold dsd, sd. rewrite <- Q at 3. field. lra. }
    rewrite E. unfold component_denoiser, component_score. field. lra.
  - intros k i Hk Hi. apply is_derive_times, Hp.
  - intros k i Hk Hi. unfold sd, dsd. apply (is_derive_root (fun r => component_variance r k i)).
    + apply component_variance_derive.
    + apply component_variance_pos.
  - intros k i Hk Hi. apply sqrt_lt_R0, component_variance_pos.
Qed.

Lemma weight_derive x k j : (j < d)%nat ->
  is_derive (fun y => weight t (upd x j y) k) (x j) (- (weight t x k * component_score t x k j)).
Proof.
  intros Hj. assert (V := component_variance_pos k j). assert (Q := sqrt_sqrt _ (Rlt_le _ _ V)).
  unfold weight. eapply is_derive_eq.
  - apply (is_derive_scal (fun y => component_density k t (upd x j y))).
    apply gauss_vec_derive_coord; [easy|]. now apply sqrt_lt_R0.
  - fold (component_density k t x). unfold component_score.
    replace (sqrt (component_variance t k j) ^ 2) with (component_variance t k j)
      by (rewrite <- Q at 1; ring).
    field. lra.
Qed.

Lemma mixture_density_derive x j : (j < d)%nat ->
  is_derive (fun y => mixture_density t (upd x j y)) (x j)
            (- (mixture_density t x * negative_score t x j)).
Proof.
  intros Hj. assert (P := mixture_density_pos x). eapply is_derive_eq.
  - apply (is_derive_sumn n (fun k y => weight t (upd x j y) k)
             (fun k => - (weight t x k * component_score t x k j))).
    intros k Hk. now apply weight_derive.
  - rewrite sumn_opp. unfold negative_score, average. fold (mixture_density t x). field. lra.
Qed.

(* score = grad log p_t = -g. *)
Theorem mixture_score x j : (j < d)%nat ->
  is_derive (fun y => ln (mixture_density t (upd x j y))) (x j) (- negative_score t x j).
Proof.
  intros Hj. assert (P := mixture_density_pos x). eapply is_derive_eq.
  - apply is_derive_ln_comp; [now apply mixture_density_derive|]. now rewrite upd_id.
  - cbv beta; rewrite upd_id. field. lra.
Qed.

Lemma component_score_derive x k i j :
  is_derive (fun y => component_score t (upd x j y) k i) (x j) (kronecker i j / component_variance t k i).
Proof.
  assert (V := component_variance_pos k i). unfold component_score, kronecker, upd.
  destruct (Nat.eqb_spec i j) as [->|N].
  - auto_derive; [easy|]. field. lra.
  - eapply is_derive_eq; [apply (is_derive_const ((x i - alpha p t * m k i) / component_variance t k i))|].
    unfold zero; simpl. field. lra.
Qed.

Lemma component_denoiser_derive x k i j :
  is_derive (fun y => component_denoiser t (upd x j y) k i) (x j)
    (alpha p t * (s k i * s k i) * (kronecker i j / component_variance t k i)).
Proof.
  unfold component_denoiser. eapply is_derive_eq.
  - apply (is_derive_plus (fun _ => m k i)); [apply (is_derive_const (m k i))|].
    apply (is_derive_scal (fun y => component_score t (upd x j y) k i)). apply component_score_derive.
  - unfold plus, zero; simpl. ring.
Qed.

Lemma average_upd (F : vec -> nat -> R) (dF : nat -> R) x j : (j < d)%nat ->
  (forall k, (k < n)%nat -> is_derive (fun y => F (upd x j y) k) (x j) (dF k)) ->
  is_derive (fun y => average n (weight t (upd x j y)) (F (upd x j y))) (x j)
    (average n (weight t x) dF
     - covariance n (weight t x) (F x) (fun k => component_score t x k j)).
Proof.
  intros Hj HF.
  assert (A := average_derivative n (fun k y => weight t (upd x j y) k) (fun k y => F (upd x j y) k)
           (fun k => component_score t x k j) dF (x j)).
  cbv beta in A. rewrite upd_id in A. apply A.
  - intros k Hk. now apply weight_derive.
  - exact HF.
  - apply Rgt_not_eq, mixture_density_pos.
Qed.

(* Where alpha = 0 the point says nothing about the data: D = E[x1], g = x/v, u = alpha' E[x1] + (v'/(2v)) x. *)
Theorem field_without_signal x i : alpha p t = 0 ->
  denoiser t x i = average n q (fun k => m k i) /\
  negative_score t x i = x i / variance p t /\
  mixture_velocity t x i
    = alphaDot p t * average n q (fun k => m k i) + halfVarianceDot p t / variance p t * x i.
Proof.
  intros A0. assert (Vv : forall k j, component_variance t k j = variance p t)
    by (intros; unfold component_variance; rewrite A0; ring).
  assert (V0 : 0 < variance p t) by (rewrite <- (Vv 0%nat 0%nat); apply component_variance_pos).
  assert (C : forall k, component_density k t x = component_density 0 t x).
  { intros k. unfold component_density, gauss_vec. apply prodn_ext. intros j _.
    rewrite A0, !Vv. now rewrite !Rmult_0_l. }
  assert (G : forall k j, component_score t x k j = x j / variance p t)
    by (intros; unfold component_score; rewrite Vv, A0; f_equal; ring).
  assert (P := mixture_density_pos x). unfold mixture_density in P.
  assert (S : negative_score t x i = x i / variance p t).
  { unfold negative_score. rewrite (average_ext n _ _ (fun _ => x i / variance p t)) by (intros; apply G).
    apply average_const. lra. }
  assert (D : denoiser t x i = average n q (fun k => m k i)).
  { unfold denoiser. rewrite (average_ext n _ _ (fun k => m k i))
      by (intros; unfold component_denoiser; rewrite A0; ring).
    assert (D0 := component_density_pos 0 x). unfold average, weight in *.
    rewrite (sumn_ext n (fun k => q k * component_density k t x * m k i)
              (fun k => component_density 0 t x * (q k * m k i))) by (intros; rewrite C; ring).
    rewrite (sumn_ext n (fun k => q k * component_density k t x) (fun k => component_density 0 t x * q k)) in *
      by (intros; rewrite C; ring).
    rewrite !sumn_scal in *. assert (sumn n q <> 0) by (intros E; rewrite E in P; lra). field. lra. }
  refine (conj D (conj S _)). unfold mixture_velocity. rewrite D, S. field. lra.
Qed.

(* dg_i/dx_j = sum p_k [i = j]/V_k - Cov_p(g_k)_ij. *)
Theorem score_jacobian x i j : (j < d)%nat ->
  is_derive (fun y => negative_score t (upd x j y) i) (x j)
    (average n (weight t x) (fun k => kronecker i j / component_variance t k i) - score_covariance t x i j).
Proof.
  intros Hj. apply (average_upd (fun y k => component_score t y k i)); [easy|].
  intros k _. apply component_score_derive.
Qed.

(* dD_i/dx_j = sum p_k alpha s_k^2 [i = j]/V_k - Cov_p(E_k, g_k)_ij. *)
Theorem denoiser_jacobian x i j : (j < d)%nat ->
  is_derive (fun y => denoiser t (upd x j y) i) (x j)
    (average n (weight t x)
       (fun k => alpha p t * (s k i * s k i) * (kronecker i j / component_variance t k i))
     - covariance n (weight t x) (fun k => component_denoiser t x k i) (fun k => component_score t x k j)).
Proof.
  intros Hj. apply (average_upd (fun y k => component_denoiser t y k i)); [easy|].
  intros k _. apply component_denoiser_derive.
Qed.

(* E_k = (x - v g_k)/alpha, hence alpha Cov(E_k, g_k) = -v Cov(g_k, g_k). *)
Lemma denoiser_score_covariance x i j :
  alpha p t * covariance n (weight t x) (fun k => component_denoiser t x k i)
                (fun k => component_score t x k j)
  = - variance p t * score_covariance t x i j.
Proof.
  assert (P := mixture_density_pos x). unfold mixture_density in P.
  assert (H : sumn n (weight t x) <> 0) by lra. unfold score_covariance.
  rewrite <- (covariance_affine n _ 0 (alpha p t) _ _ H), <- (covariance_affine n _ (x i) (- variance p t) _ _ H).
  apply covariance_ext. intros k _. assert (V := component_variance_pos k i).
  unfold component_denoiser, component_score.
  replace (variance p t) with (component_variance t k i - alpha p t * alpha p t * (s k i * s k i))
    by (unfold component_variance; ring). field. lra.
Qed.

(* Cov[x1|x]_ij = [i = j] v sum p_k s_k^2/V_k + (v/alpha)^2 Cov_p(g_k)_ij: the mean of the components' own
   variances s^2 v/V ([gauss_bayes]) plus the covariance of their means E_k. *)
Theorem posterior_covariance x i j : alpha p t <> 0 ->
  average n (weight t x) (fun k => kronecker i j * (s k i * s k i * variance p t / component_variance t k i))
  + covariance n (weight t x) (fun k => component_denoiser t x k i) (fun k => component_denoiser t x k j)
  = kronecker i j * variance p t * average n (weight t x) (fun k => s k i * s k i / component_variance t k i)
    + variance p t / alpha p t * (variance p t / alpha p t) * score_covariance t x i j.
Proof.
  intros A0. assert (P := mixture_density_pos x). unfold mixture_density in P.
  assert (H : sumn n (weight t x) <> 0) by lra. f_equal.
  - rewrite <- average_scal. apply average_ext. intros k _.
    assert (V := component_variance_pos k i). field. lra.
  - assert (E : forall k i, component_denoiser t x k i = x i / alpha p t + - (variance p t / alpha p t) * component_score t x k i).
    { intros k l. assert (V := component_variance_pos k l). unfold component_denoiser, component_score.
      replace (variance p t) with (component_variance t k l - alpha p t * alpha p t * (s k l * s k l))
        by (unfold component_variance; ring). field. lra. }
    rewrite (covariance_ext n _ _ (fun k => x i / alpha p t + - (variance p t / alpha p t) * component_score t x k i) _)
      by (intros; apply E).
    rewrite (covariance_affine n _ _ _ _ _ H), covariance_sym.
    rewrite (covariance_ext n _ _ (fun k => x j / alpha p t + - (variance p t / alpha p t) * component_score t x k j) _)
      by (intros; apply E).
    rewrite (covariance_affine n _ _ _ _ _ H), covariance_sym. unfold score_covariance. ring.
Qed.

(* du_i/dx_j = [i = j] sum p_k (alpha alpha' s_k^2 + v'/2)/V_k + (alpha' v/alpha - v'/2) Cov_p(g_k)_ij. *)
Definition jacobian (x : vec) (i j : nat) : R :=
  kronecker i j * average n (weight t x) (fun k =>
    (alpha p t * alphaDot p t * (s k i * s k i) + halfVarianceDot p t) / component_variance t k i)
  + (alphaDot p t * variance p t / alpha p t - halfVarianceDot p t) * score_covariance t x i j.

(* The Jacobian of the velocity is that expression. *)
Theorem velocity_jacobian x i j : (j < d)%nat -> alpha p t <> 0 ->
  is_derive (fun y => mixture_velocity t (upd x j y) i) (x j) (jacobian x i j).
Proof.
  intros Hj A0. assert (P := mixture_density_pos x). unfold mixture_density in P.
  unfold mixture_velocity. eapply is_derive_eq.
  - apply (is_derive_plus (fun y => alphaDot p t * denoiser t (upd x j y) i)
                          (fun y => halfVarianceDot p t * negative_score t (upd x j y) i)).
    + apply (is_derive_scal (fun y => denoiser t (upd x j y) i)). now apply denoiser_jacobian.
    + apply (is_derive_scal (fun y => negative_score t (upd x j y) i)). now apply score_jacobian.
  - unfold plus; simpl. unfold jacobian.
    assert (C := denoiser_score_covariance x i j).
    set (cEg := covariance n (weight t x) (fun k => component_denoiser t x k i) _) in *.
    replace cEg with (- variance p t * score_covariance t x i j / alpha p t) by (rewrite <- C; field; easy).
    rewrite (average_ext n _ (fun k => (alpha p t * alphaDot p t * (s k i * s k i) + halfVarianceDot p t)
                / component_variance t k i)
      (fun k => alphaDot p t * (alpha p t * (s k i * s k i) * (1 / component_variance t k i))
                + halfVarianceDot p t * (1 / component_variance t k i))).
    2:{ intros k _. assert (V := component_variance_pos k i). field. lra. }
    rewrite average_plus, !average_scal by lra.
    rewrite (average_ext n _ (fun k => kronecker i j / component_variance t k i)
               (fun k => kronecker i j * (1 / component_variance t k i))).
    2:{ intros k _. assert (V := component_variance_pos k i). field. lra. }
    rewrite (average_ext n _ (fun k => alpha p t * (s k i * s k i) * (kronecker i j / component_variance t k i))
               (fun k => kronecker i j * (alpha p t * (s k i * s k i) * (1 / component_variance t k i)))).
    2:{ intros k _. assert (V := component_variance_pos k i). field. lra. }
    rewrite !average_scal. field. easy.
Qed.

(* div u = the trace of the Jacobian, without forming it. *)
Definition divergence (x : vec) : R := sumn d (fun i => jacobian x i i).

(* sum_i du_i/dx_i, the derivatives themselves, is the trace of the formula. *)
Theorem velocity_divergence x : alpha p t <> 0 ->
  sumn d (fun i => Derive (fun y => mixture_velocity t (upd x i y) i) (x i)) = divergence x.
Proof.
  intros A0. apply sumn_ext. intros i Hi. apply Derive_value. now apply velocity_jacobian.
Qed.

(* d/dt log p_t = sum p_k sum_i [alpha' m_k g_k + (V_k'/2) g_k^2 - (V_k'/2)/V_k], V' /2 = alpha alpha' s^2 + v'/2. *)
Definition log_density_rate (x : vec) : R :=
  average n (weight t x) (fun k => sumn d (fun i =>
    let h := alpha p t * alphaDot p t * (s k i * s k i) + halfVarianceDot p t in
    let g := component_score t x k i in
    alphaDot p t * m k i * g + h * g * g - h / component_variance t k i)).

(* The time derivative of the log density, at a fixed point, is that expression. *)
Theorem mixture_log_density_rate x :
  is_derive (fun r => ln (mixture_density r x)) t (log_density_rate x).
Proof.
  assert (P := mixture_density_pos x).
  set (h := fun k i => alpha p t * alphaDot p t * (s k i * s k i) + halfVarianceDot p t).
  set (F := fun k => sumn d (fun i => alphaDot p t * m k i * component_score t x k i
              + h k i * component_score t x k i * component_score t x k i
              - h k i / component_variance t k i)).
  assert (C : forall k, is_derive (fun r => component_density k r x) t (component_density k t x * F k)).
  { intros k. unfold component_density, gauss_vec.
    set (G := fun i => gauss (alpha p t * m k i) (sqrt (component_variance t k i)) (x i)).
    assert (G0 : forall i, 0 < G i) by (intros; apply gauss_pos, sqrt_lt_R0, component_variance_pos).
    eapply is_derive_eq.
    - apply (is_derive_prodn d (fun i r => gauss (alpha p r * m k i) (sqrt (component_variance r k i)) (x i))
        (fun i => gauss_dt (alpha p t * m k i) (sqrt (component_variance t k i)) (alphaDot p t * m k i)
                    (h k i / sqrt (component_variance t k i)) (x i))).
      + intros i Hi. apply (gauss_derive_t (fun r => alpha p r * m k i) (fun r => sqrt (component_variance r k i))).
        * apply is_derive_times, Hp.
        * apply (is_derive_root (fun r => component_variance r k i));
            [apply component_variance_derive|apply component_variance_pos].
        * apply Rgt_not_eq, sqrt_lt_R0, component_variance_pos.
      + intros i Hi. apply Rgt_not_eq, G0.
    - f_equal. apply sumn_ext. intros i Hi.
      assert (V := component_variance_pos k i). assert (Q := sqrt_sqrt _ (Rlt_le _ _ V)).
      assert (Q0 := sqrt_lt_R0 _ V). assert (Gi := G0 i). unfold gauss_dt. fold (G i).
      unfold component_score. set (r := sqrt (component_variance t k i)) in *. rewrite <- Q.
      field. lra. }
  eapply is_derive_eq.
  - apply is_derive_ln_comp; [|exact P]. unfold mixture_density, weight.
    apply (is_derive_sumn n (fun k r => q k * component_density k r x)
             (fun k => q k * (component_density k t x * F k))).
    intros k Hk. apply (is_derive_scal (fun r => component_density k r x)). apply C.
  - unfold log_density_rate, average. unfold mixture_density at 1. f_equal.
    apply sumn_ext. intros k Hk. unfold weight, F, h. ring.
Qed.

(* d/dt log p + div u + u . grad log p = 0: the residual that the library reports is exactly zero. *)
Theorem continuity_residual_vanishes x : alpha p t <> 0 ->
  log_density_rate x + divergence x - dot d (mixture_velocity t x) (negative_score t x) = 0.
Proof.
  intros A0. assert (P := mixture_density_pos x).
  destruct (mixture_velocity_generates x) as (dp & df & H1 & H2 & H3).
  assert (E1 : dp = mixture_density t x * log_density_rate x).
  { assert (D := is_derive_ln_comp _ _ _ H1 P).
    rewrite <- (Derive_value _ _ _ (mixture_log_density_rate x)).
    rewrite (Derive_value _ _ _ D). field. lra. }
  assert (E2 : sumn d df = mixture_density t x * (divergence x - dot d (mixture_velocity t x) (negative_score t x))).
  { unfold divergence, dot. rewrite <- sumn_minus, <- sumn_scal. apply sumn_ext. intros i Hi.
    rewrite <- (Derive_value _ _ _ (H2 i Hi)). apply Derive_value. eapply is_derive_eq.
    - apply (is_derive_product (fun y => mixture_density t (upd x i y)) (fun y => mixture_velocity t (upd x i y) i)).
      + now apply mixture_density_derive.
      + now apply velocity_jacobian.
    - rewrite upd_id. ring. }
  rewrite E1, E2 in H3. rewrite <- Rmult_plus_distr_l in H3.
  apply Rmult_integral in H3. destruct H3; lra.
Qed.
End At.
End Mixture.

(* Diffusions and flow matching: the stochastic sampler keeps the marginals, the probability-flow field of
   the VP and VE diffusions is the exact velocity, and DDPM's discrete kernels. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Averages Differentiation Gaussian GaussianIntegrals GaussianLine ConditionalField
  ContinuityEquation AffinePaths LogSNR PosteriorMoments PairPaths.
Open Scope R_scope.

(* dX = b dt + g dW, c = g^2/2: the density solves d/dt p + div (p b) - c Laplacian p = 0 at (t, x). *)
Definition fokker_planck d (p : R -> vec -> R) (b : R -> vec -> vec) (c t : R) (x : vec) :=
  exists (dp : R) (flux lap : nat -> R) (grad : nat -> R -> R),
    is_derive (fun s => p s x) t dp /\
    (forall i, (i < d)%nat ->
       is_derive (fun y => p t (upd x i y) * b t (upd x i y) i) (x i) (flux i) /\
       (forall y, is_derive (fun z => p t (upd x i z)) y (grad i y)) /\
       is_derive (grad i) (x i) (lap i)) /\
    dp + sumn d flux - c * sumn d lap = 0.

Lemma upd_upd x i y z : upd (upd x i y) i z = upd x i z.
Proof. apply functional_extensionality. intros j. unfold upd. now destruct (Nat.eqb_spec j i). Qed.

(* If u satisfies the continuity equation, u + c grad log p satisfies Fokker-Planck with diffusion c. *)
Lemma fokker_planck_of_continuity d p u negscore c t x :
  continuity d p u t x ->
  (forall y i, (i < d)%nat ->
     is_derive (fun z => p t (upd y i z)) (y i) (- (p t y * negscore t y i))) ->
  (forall i, (i < d)%nat -> ex_derive (fun y => p t (upd x i y) * negscore t (upd x i y) i) (x i)) ->
  fokker_planck d p (fun s y i => u s y i + c * - negscore s y i) c t x.
Proof.
  intros (dp & df & H1 & H2 & H3) HS HE.
  set (h := fun i y => p t (upd x i y) * negscore t (upd x i y) i).
  exists dp, (fun i => df i - c * Derive (h i) (x i)), (fun i => - Derive (h i) (x i)), (fun i y => - h i y).
  refine (conj H1 (conj _ _)).
  - intros i Hi. assert (Dh : is_derive (h i) (x i) (Derive (h i) (x i))) by exact (Derive_correct _ _ (HE i Hi)).
    refine (conj _ (conj _ _)).
    + apply is_derive_ext with (fun y => p t (upd x i y) * u t (upd x i y) i + - c * h i y).
      * intros y. unfold h. simpl. ring.
      * eapply is_derive_eq; [apply is_derive_sum; [exact (H2 i Hi)|apply is_derive_factor; exact Dh]|]. ring.
    + intros y. assert (D := HS (upd x i y) i Hi). rewrite upd_same in D.
      eapply is_derive_ext; [|exact D]. intros z. cbv beta. now rewrite upd_upd.
    + exact (is_derive_opp (h i) (x i) _ Dh).
  - rewrite sumn_minus, sumn_opp, sumn_scal. lra.
Qed.

Section Mixture.
Variable p : path.
Variables (d n : nat) (q : nat -> R) (m s : nat -> nat -> R).
Hypothesis Hq : forall k, (k < n)%nat -> 0 <= q k.
Hypothesis Hq0 : exists k, (k < n)%nat /\ 0 < q k.
Let density := mixture_density p d n q m s.
Let velocity := mixture_velocity p d n q m s.
Let negscore := negative_score p d n q m s.

Lemma density_times_score_derivable t x i : regular p t -> (i < d)%nat ->
  ex_derive (fun y => density t (upd x i y) * negscore t (upd x i y) i) (x i).
Proof.
  intros Hp Hi. eexists. apply (is_derive_product (fun y => density t (upd x i y)) (fun y => negscore t (upd x i y) i)).
  - now apply mixture_density_derive.
  - now apply score_jacobian.
Qed.

(* dX = (u + (g^2/2) score) dt + g dW has the marginals of the flow, for every g (SG appendix D.1). *)
Theorem stochastic_sampler_keeps_marginals g t x : regular p t ->
  fokker_planck d density (fun r y i => velocity r y i + g * g / 2 * - negscore r y i) (g * g / 2) t x.
Proof.
  intros Hp. apply fokker_planck_of_continuity.
  - now apply mixture_velocity_generates.
  - intros y i Hi. now apply mixture_density_derive.
  - intros i Hi. now apply density_times_score_derivable.
Qed.
End Mixture.

(* ---------- the diffusions of Song et al., at diffusion time r = 1 - t ---------- *)
(* dx = f dr + g dW has the probability-flow field f - (g^2/2) score (SG equation 13). *)
Definition probability_flow (f g2 score : R) := f - g2 / 2 * score.

Section Song.
Variables (d n : nat) (q : nat -> R) (m s : nat -> nat -> R).
Hypothesis Hq : forall k, (k < n)%nat -> 0 <= q k.
Hypothesis Hq0 : exists k, (k < n)%nat /\ 0 < q k.

(* VP: f = -beta(r) x/2, g^2 = beta(r): the flow-matching velocity is the reversed probability flow. *)
Theorem vp_probability_flow bmin bmax t x i : 0 < bmin <= bmax -> t < 1 ->
  let p := VariancePreservingPath bmin bmax in
  let beta := vp_beta bmin bmax (1 - t) in
  mixture_velocity p d n q m s t x i
  = - probability_flow (- (beta / 2) * x i) beta (- negative_score p d n q m s t x i).
Proof.
  intros Hb Ht p beta. assert (Hp := vp_regular bmin bmax t Hb Ht).
  assert (M := moments_consistent p d n q m s Hq Hq0 t Hp x i).
  assert (V : variance p t = 1 - exp (- vp_T bmin bmax (1 - t))) by now apply vp_variance.
  assert (A : alphaDot p t = beta * alpha p t / 2) by reflexivity.
  assert (W : halfVarianceDot p t = - beta * exp (- vp_T bmin bmax (1 - t)) / 2) by reflexivity.
  unfold probability_flow, mixture_velocity. rewrite A, W.
  set (D := denoiser p d n q m s t x i) in *. set (g := negative_score p d n q m s t x i) in *.
  clearbody D g. rewrite M, V. field.
Qed.

(* VE: f = 0, g^2(r) = d/dr sigma^2. *)
Theorem ve_probability_flow smin smax t x i :
  let p := VarianceExplodingPath smin smax in
  let g2 := 2 * (smin * smin) * ln (smax / smin) * exp (2 * (1 - t) * ln (smax / smin)) in
  mixture_velocity p d n q m s t x i
  = - probability_flow 0 g2 (- negative_score p d n q m s t x i).
Proof.
  intros p g2. unfold probability_flow, mixture_velocity.
  assert (A : alphaDot p t = 0) by reflexivity.
  assert (W : halfVarianceDot p t = - g2 / 2) by (unfold g2; simpl; field).
  rewrite A, W. field.
Qed.

Lemma ve_diffusion_rate smin smax t : 0 < smin < smax -> t < 1 ->
  is_derive (fun r => variance (VarianceExplodingPath smin smax) (1 - r)) (1 - t)
    (2 * (smin * smin) * ln (smax / smin) * exp (2 * (1 - t) * ln (smax / smin))).
Proof.
  intros Hs Ht. assert (L := ln_ratio_pos _ _ Hs). set (K := ln (smax / smin)) in *.
  apply is_derive_ext_loc with (fun r => smin * smin * (exp (2 * r * K) - 1)).
  - exists (mkposreal (1 - t) ltac:(lra)). intros r Hr. 
    assert (N : Rabs (r - (1 - t)) < 1 - t) by exact Hr. apply Rabs_def2 in N. assert (R0 : 0 < r) by lra.
    assert (E : forall z : R, 1 - (1 - z) = z) by (intros; ring).
    unfold variance; simpl. fold K. rewrite E.
    assert (P : 1 < exp (2 * r * K)) by (apply exp_gt_1; nra).
    transitivity (smin * smin * (sqrt (exp (2 * r * K) - 1) * sqrt (exp (2 * r * K) - 1))); [|ring].
    rewrite sqrt_sqrt by lra. reflexivity.
  - auto_derive; [easy|]. unfold K. ring.
Qed.
End Song.

(* ---------- the densities of the path are those of the diffusion ---------- *)
Lemma continuity_reversed d p w r x : continuity d p w (1 - r) x ->
  continuity d (fun s => p (1 - s)) (fun s y i => - w (1 - s) y i) r x.
Proof.
  intros (dp & df & H1 & H2 & H3). exists (- dp), (fun i => - df i). refine (conj _ (conj _ _)).
  - exact (is_derive_reversed (fun s => p s x) r dp H1).
  - intros i Hi. apply is_derive_ext with (fun y => - (p (1 - r) (upd x i y) * w (1 - r) (upd x i y) i)).
    + intros y. apply Ropp_mult_distr_r.
    + exact (is_derive_opp _ _ _ (H2 i Hi)).
  - rewrite sumn_opp. lra.
Qed.

Lemma fokker_planck_ext d p b b' c t x : (forall y i, b' t y i = b t y i) ->
  fokker_planck d p b c t x -> fokker_planck d p b' c t x.
Proof.
  intros E (dp & flux & lap & grad & H1 & H2 & H3). exists dp, flux, lap, grad. refine (conj H1 (conj _ H3)).
  intros i Hi. destruct (H2 i Hi) as (h1 & h2). split; [|exact h2].
  eapply is_derive_ext; [|exact h1]. intros y. simpl. now rewrite E.
Qed.

Section Forward.
Variables (d n : nat) (q : nat -> R) (m s : nat -> nat -> R).
Hypothesis Hq : forall k, (k < n)%nat -> 0 <= q k.
Hypothesis Hq0 : exists k, (k < n)%nat /\ 0 < q k.

Let forward (p : path) (r : R) (x : vec) := mixture_density p d n q m s (1 - r) x.

Lemma forward_diffusion p c r x (b : R -> vec -> vec) : regular p (1 - r) ->
  (forall y i, b r y i = - mixture_velocity p d n q m s (1 - r) y i + c * - negative_score p d n q m s (1 - r) y i) ->
  fokker_planck d (forward p) b c r x.
Proof.
  intros Hp E.
  apply fokker_planck_ext with (fun z y i => - mixture_velocity p d n q m s (1 - z) y i
                                             + c * - negative_score p d n q m s (1 - z) y i); [exact E|].
  apply (fokker_planck_of_continuity d (forward p) (fun z y i => - mixture_velocity p d n q m s (1 - z) y i)
           (fun z => negative_score p d n q m s (1 - z))).
  - apply (continuity_reversed d (mixture_density p d n q m s) (mixture_velocity p d n q m s)).
    now apply mixture_velocity_generates.
  - intros y i Hi. now apply (mixture_density_derive p d n q m s Hq Hq0 (1 - r)).
  - intros i Hi. now apply (density_times_score_derivable p d n q m s Hq Hq0 (1 - r)).
Qed.

Lemma back_and_forth (r : R) : 1 - (1 - r) = r.
Proof. ring. Qed.

(* SG equation 11: dx = -(beta(r)/2) x dr + sqrt(beta(r)) dW has the densities of the VP path, read at r = 1 - t. *)
Theorem vp_diffusion_marginals bmin bmax r x : 0 < bmin <= bmax -> 0 < r ->
  fokker_planck d (forward (VariancePreservingPath bmin bmax))
    (fun z y i => - (vp_beta bmin bmax z / 2) * y i) (vp_beta bmin bmax r / 2) r x.
Proof.
  intros Hb Hr. apply forward_diffusion; [apply vp_regular; [easy|lra]|].
  intros y i. rewrite (vp_probability_flow d n q m s Hq Hq0 bmin bmax (1 - r) y i Hb ltac:(lra)).
  rewrite back_and_forth. unfold probability_flow. field.
Qed.

(* SG equation 9: dx = g(r) dW with g^2 = d/dr sigma^2(r) has the densities of the VE path. *)
Theorem ve_diffusion_marginals smin smax r x : 0 < smin < smax -> 0 < r ->
  fokker_planck d (forward (VarianceExplodingPath smin smax)) (fun z y i => 0)
    (2 * (smin * smin) * ln (smax / smin) * exp (2 * r * ln (smax / smin)) / 2) r x.
Proof.
  intros Hs Hr. apply forward_diffusion; [apply ve_regular; [easy|lra]|].
  intros y i. rewrite (ve_probability_flow d n q m s smin smax (1 - r) y i).
  rewrite back_and_forth. unfold probability_flow. field.
Qed.
End Forward.

(* ---------- DDPM's discrete kernels ---------- *)
(* q(z_k | z_{k-1}) q(z_{k-1} | x) = q(z_k | x) N(z_{k-1}; mu, btilde) with abar_k = abar_{k-1} a:
   mu = sqrt(abar_{k-1}) beta/(1-abar_k) x + sqrt(a) (1-abar_{k-1})/(1-abar_k) z_k,
   btilde = (1-abar_{k-1})/(1-abar_k) beta. *)
Theorem ddpm_posterior a abar x y z : 0 < a < 1 -> 0 < abar < 1 ->
  let beta := 1 - a in
  let mu := sqrt abar * beta / (1 - abar * a) * x + sqrt a * (1 - abar) / (1 - abar * a) * z in
  let btilde := (1 - abar) / (1 - abar * a) * beta in
  gauss (sqrt a * y) (sqrt beta) z * gauss (sqrt abar * x) (sqrt (1 - abar)) y
  = gauss (sqrt (abar * a) * x) (sqrt (1 - abar * a)) z * gauss mu (sqrt btilde) y.
Proof.
  intros Ha Hb beta mu btilde.
  assert (B0 : 0 < beta) by (unfold beta; lra). assert (V : 0 < 1 - abar * a) by nra.
  assert (Qa := sqrt_sqrt a ltac:(lra)). assert (Qb := sqrt_sqrt beta ltac:(lra)).
  assert (Q1 := sqrt_sqrt (1 - abar) ltac:(lra)). assert (Qbar := sqrt_sqrt abar ltac:(lra)).
  assert (E : 1 - abar * a = sqrt a * sqrt a * (sqrt (1 - abar) * sqrt (1 - abar)) + sqrt beta * sqrt beta)
    by (rewrite Qa, Qb, Q1; unfold beta; ring).
  rewrite (gauss_bayes (sqrt a) (sqrt beta) (sqrt abar * x) (sqrt (1 - abar)) (1 - abar * a) z y);
    [|apply sqrt_lt_R0; lra|apply sqrt_lt_R0; lra|exact E].
  f_equal.
  - f_equal. rewrite sqrt_mult by lra. ring.
  - f_equal.
    + rewrite Q1. unfold mu. 
      replace (sqrt a * (1 - abar) * ((z - sqrt a * (sqrt abar * x)) / (1 - abar * a)))
        with (sqrt a * (1 - abar) / (1 - abar * a) * z
              - (sqrt a * sqrt a) * (1 - abar) / (1 - abar * a) * sqrt abar * x) by (field; lra).
      rewrite Qa. unfold beta. field. lra.
    + unfold btilde. rewrite <- sqrt_mult, <- sqrt_div by (try lra; nra).
      f_equal. field. lra.
Qed.

(* Composing the kernels multiplies the alphas: q(z_k|x) = N(sqrt(abar_k) x, 1 - abar_k). *)
Theorem ddpm_kernel_composes a abar x z : 0 < a < 1 -> 0 < abar < 1 ->
  over_the_line (fun y => gauss (sqrt a * y) (sqrt (1 - a)) z * gauss (sqrt abar * x) (sqrt (1 - abar)) y)
                (gauss (sqrt (abar * a) * x) (sqrt (1 - abar * a)) z).
Proof.
  intros Ha Hb.
  set (mu := sqrt abar * (1 - a) / (1 - abar * a) * x + sqrt a * (1 - abar) / (1 - abar * a) * z).
  set (bt := (1 - abar) / (1 - abar * a) * (1 - a)).
  assert (P : 0 < bt) by (unfold bt; apply Rmult_lt_0_compat; [apply Rdiv_lt_0_compat|]; nra).
  apply over_the_line_ext with
    (fun y => gauss (sqrt (abar * a) * x) (sqrt (1 - abar * a)) z * gauss mu (sqrt bt) y).
  - intros y. symmetry. exact (ddpm_posterior a abar x y z Ha Hb).
  - rewrite <- (Rmult_1_r (gauss (sqrt (abar * a) * x) (sqrt (1 - abar * a)) z)).
    replace (fun y => _) with (fun y => gauss (sqrt (abar * a) * x) (sqrt (1 - abar * a)) z * gauss mu (sqrt bt) y)
      by (apply functional_extensionality; intros y; ring).
    apply over_the_line_factor, gauss_total. now apply sqrt_lt_R0.
Qed.

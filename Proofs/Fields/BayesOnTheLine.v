(* Bayes' rule as a statement about integrals: for a mixture on the line the marginal density is the integral of
   p_t(x|y) q(y) over the data y, and the denoiser is the posterior mean int y p_t(x|y) q(y) dy / p_t(x). *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Averages Differentiation Gaussian GaussianIntegrals GaussianLine ConditionalField
  ContinuityEquation AffinePaths MarginalField PosteriorMoments.
Open Scope R_scope.

Lemma over_the_line_plus (f g : R -> R) (k l : R) : over_the_line f k -> over_the_line g l -> over_the_line (fun x => f x + g x) (k + l).
Proof. exact (is_RInt_gen_plus (V := R_NormedModule) f g k l). Qed.

Lemma over_the_line_sum n (f : nat -> R -> R) (l : nat -> R) : (forall k, (k < n)%nat -> over_the_line (f k) (l k)) ->
  over_the_line (fun x => sumn n (fun k => f k x)) (sumn n l).
Proof.
  induction n; intros H; simpl.
  - assert (E : over_the_line (fun x => 0 * gauss 0 1 x) (0 * 1)) by exact (over_the_line_factor (gauss 0 1) 0 1 (gauss_total 0 1 Rlt_0_1)).
    rewrite Rmult_0_l in E. eapply over_the_line_ext; [|exact E]. intros x. simpl. ring.
  - apply (over_the_line_plus (fun x => sumn n (fun k => f k x))); auto.
Qed.

Section One.
Variables (a r m s x : R).
Hypothesis Hr : 0 < r.
Hypothesis Hs : 0 < s.
Let V := a * a * (s * s) + r * r.
Let mean := m + a * (s * s) * ((x - a * m) / V).
Let std := s * r / sqrt V.

Lemma V_positive : 0 < V.
Proof. unfold V. assert (0 <= a * a) by apply Rle_0_sqr. assert (0 < s * s) by nra. assert (0 < r * r) by nra. nra. Qed.

Lemma std_positive : 0 < std.
Proof. unfold std. apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat|]. apply sqrt_lt_R0, V_positive. Qed.

(* int N(x; a y, r^2) N(y; m, s^2) dy = N(x; a m, V). *)
Theorem marginal_is_an_integral : over_the_line (fun y => gauss (a * y) r x * gauss m s y) (gauss (a * m) (sqrt V) x).
Proof.
  apply over_the_line_ext with (fun y => gauss (a * m) (sqrt V) x * gauss mean std y).
  - intros y. symmetry. now apply gauss_bayes.
  - assert (E := over_the_line_factor (gauss mean std) (gauss (a * m) (sqrt V) x) 1 (gauss_total mean std std_positive)).
    rewrite Rmult_1_r in E. exact E.
Qed.

(* ... and int y N(x; a y, r^2) N(y; m, s^2) dy is the posterior mean times it. *)
Lemma first_moment_integral : over_the_line (fun y => y * (gauss (a * y) r x * gauss m s y)) (gauss (a * m) (sqrt V) x * mean).
Proof.
  apply over_the_line_ext with (fun y => gauss (a * m) (sqrt V) x * ((0 + 1 * y) * gauss mean std y)).
  - intros y. rewrite (gauss_bayes a r m s V x y Hr Hs eq_refl). fold mean std. ring.
  - assert (E := over_the_line_factor _ (gauss (a * m) (sqrt V) x) _ (gauss_mean mean std std_positive 0 1)).
    replace (0 + 1 * mean) with mean in E by ring. exact E.
Qed.

(* The posterior probability of an interval of data: p_t(x) times it is the integral of p_t(x|y) q(y) over the interval. *)
Theorem posterior_of_an_interval b c :
  RInt (fun y => gauss (a * y) r x * gauss m s y) b c = gauss (a * m) (sqrt V) x * RInt (gauss mean std) b c.
Proof.
  rewrite <- (RInt_scal (V := R_CompleteNormedModule) (gauss mean std)).
  - apply RInt_ext. intros y _. now apply gauss_bayes.
  - apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros z _. apply gauss_continuous, Rgt_not_eq, std_positive.
Qed.
End One.

(* For every path and every mixture on the line with positive stds: p_t(x) = int p_t(x|y) q(y) dy, and the denoiser is
   int y p_t(x|y) q(y) dy / p_t(x), q the mixture's density. *)
Theorem denoiser_is_the_posterior_mean (p : path) n (q : nat -> R) (m s : nat -> nat -> R) (t x : R) :
  (forall k, (k < n)%nat -> 0 <= q k) -> (exists k, (k < n)%nat /\ 0 < q k) -> (forall k, (k < n)%nat -> 0 < s k 0%nat) -> regular p t ->
  let data y := sumn n (fun k => q k * gauss (m k 0%nat) (s k 0%nat) y) in
  let density := mixture_density p 1 n q m s t (fun _ => x) in
  over_the_line (fun y => gauss (alpha p t * y) (sigma p t) x * data y) density /\
  over_the_line (fun y => y * (gauss (alpha p t * y) (sigma p t) x * data y))
    (density * denoiser p 1 n q m s t (fun _ => x) 0%nat).
Proof.
  intros Hq Hq0 Hs Hp data density. assert (S := proj1 Hp).
  assert (EV : forall k, component_variance p s t k 0 = alpha p t * alpha p t * (s k 0%nat * s k 0%nat) + sigma p t * sigma p t) by reflexivity.
  assert (ED : density = sumn n (fun k => q k * gauss (alpha p t * m k 0%nat) (sqrt (component_variance p s t k 0)) x)).
  { unfold density, mixture_density, weight. apply sumn_ext. intros k _. f_equal. exact (Rmult_1_l _). }
  split.
  - rewrite ED. apply over_the_line_ext with (fun y => sumn n (fun k => q k * (gauss (alpha p t * y) (sigma p t) x * gauss (m k 0%nat) (s k 0%nat) y))).
    + intros y. unfold data. rewrite <- sumn_scal. apply sumn_ext. intros; ring.
    + apply (over_the_line_sum n (fun k y => q k * (gauss (alpha p t * y) (sigma p t) x * gauss (m k 0%nat) (s k 0%nat) y))).
      intros k Hk. apply over_the_line_factor. rewrite EV. apply marginal_is_an_integral; auto.
  - assert (EM : density * denoiser p 1 n q m s t (fun _ => x) 0%nat
      = sumn n (fun k => q k * (gauss (alpha p t * m k 0%nat) (sqrt (component_variance p s t k 0)) x * component_denoiser p m s t (fun _ => x) k 0))).
    { assert (P := mixture_density_pos p 1 n q m s Hq Hq0 t Hp (fun _ => x)). fold density in P. unfold denoiser, average.
      fold (mixture_density p 1 n q m s t (fun _ => x)). fold density.
      replace (density * (_ / density)) with (sumn n (fun k => weight p 1 q m s t (fun _ => x) k * component_denoiser p m s t (fun _ => x) k 0))
        by (field; lra).
      apply sumn_ext. intros k _. unfold weight. rewrite Rmult_assoc. f_equal. f_equal. exact (Rmult_1_l _). }
    rewrite EM. apply over_the_line_ext with (fun y => sumn n (fun k => q k * (y * (gauss (alpha p t * y) (sigma p t) x * gauss (m k 0%nat) (s k 0%nat) y)))).
    + intros y. unfold data. rewrite <- !sumn_scal. apply sumn_ext. intros; ring.
    + apply (over_the_line_sum n (fun k y => q k * (y * (gauss (alpha p t * y) (sigma p t) x * gauss (m k 0%nat) (s k 0%nat) y)))).
      intros k Hk. apply over_the_line_factor.
      exact (first_moment_integral (alpha p t) (sigma p t) (m k 0%nat) (s k 0%nat) x S (Hs k Hk)).
Qed.

(* Bayes' rule as a statement about integrals over R^d: the marginal density of a mixture is int p_t(x|y) q(y) dy, and its
   denoiser the posterior mean int y p_t(x|y) q(y) dy / p_t(x). *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Averages Gaussian GaussianLine Determinants SpaceIntegrals ContinuityEquation AffinePaths MarginalField
  PosteriorMoments BayesOnTheLine.
Open Scope R_scope.

(* One factor of a product has a factor more. *)
Lemma prodn_one_more n f j c : (j < n)%nat -> prodn n (fun i => if Nat.eqb i j then c * f i else f i) = c * prodn n f.
Proof.
  induction n; intros Hj; [lia|]. simpl. destruct (Nat.eqb_spec n j) as [->|N].
  - rewrite (prodn_ext j _ f); [ring|]. intros i Hi. now rewrite (proj2 (Nat.eqb_neq i j)) by lia.
  - rewrite IHn by lia. ring.
Qed.

Section Mixture.
Variable p : path.
Variables (d n : nat) (q : nat -> R) (m s : nat -> nat -> R) (t : R) (x : vec).
Hypothesis Hq : forall k, (k < n)%nat -> 0 <= q k.
Hypothesis Hq0 : exists k, (k < n)%nat /\ 0 < q k.
Hypothesis Hs : forall k i, (k < n)%nat -> 0 < s k i.
Hypothesis Hp : regular p t.
(* the data's density, and that of x given the data point y *)
Let data (y : vec) := sumn n (fun k => q k * gauss_vec d (m k) (s k) y).
Let given (y : vec) := gauss_vec d (fun i => alpha p t * y i) (fun _ => sigma p t) x.
Let axis k i y := gauss (alpha p t * y) (sigma p t) (x i) * gauss (m k i) (s k i) y.
Let axis_marginal k i := gauss (alpha p t * m k i) (sqrt (component_variance p s t k i)) (x i).

Lemma joint_density y : given y * data y = sumn n (fun k => q k * prodn d (fun i => axis k i (y i))).
Proof.
  unfold given, data, axis, gauss_vec. rewrite <- sumn_scal. apply sumn_ext. intros k _. rewrite prodn_mult. ring.
Qed.

Lemma axis_integral k i : (k < n)%nat -> over_the_line (axis k i) (axis_marginal k i).
Proof.
  intros Hk. exact (marginal_is_an_integral (alpha p t) (sigma p t) (m k i) (s k i) (x i) (proj1 Hp) (Hs k i Hk)).
Qed.

Lemma axis_first_moment k i : (k < n)%nat ->
  over_the_line (fun y => y * axis k i y) (component_denoiser p m s t x k i * axis_marginal k i).
Proof.
  intros Hk. rewrite Rmult_comm. exact (first_moment_integral (alpha p t) (sigma p t) (m k i) (s k i) (x i) (proj1 Hp) (Hs k i Hk)).
Qed.

(* int p_t(x|y) q(y) dy = p_t(x) and int y_j p_t(x|y) q(y) dy = p_t(x) D_j(x), over R^d. *)
Theorem denoiser_is_the_posterior_mean_in_space :
  over_space d (fun y => given y * data y) (mixture_density p d n q m s t x) /\
  forall j, (j < d)%nat ->
    over_space d (fun y => y j * (given y * data y)) (mixture_density p d n q m s t x * denoiser p d n q m s t x j).
Proof.
  destruct Hq0 as (k0 & Hk0 & _). assert (N : (0 < n)%nat) by lia. split.
  - apply over_space_ext with (fun y => sumn n (fun k => q k * prodn d (fun i => axis k i (y i)))); [intros y; symmetry; apply joint_density|].
    apply (over_space_sum d n (fun k y => q k * prodn d (fun i => axis k i (y i))) (fun k => weight p d q m s t x k)); [exact N|].
    intros k Hk. apply over_space_factor, (over_space_product d (axis k) (axis_marginal k)). intros i _. now apply axis_integral.
  - intros j Hj.
    assert (E : mixture_density p d n q m s t x * denoiser p d n q m s t x j
      = sumn n (fun k => q k * (component_denoiser p m s t x k j * prodn d (axis_marginal k)))).
    { assert (P := mixture_density_pos p d n q m s Hq Hq0 t Hp x). unfold denoiser, average.
      fold (mixture_density p d n q m s t x).
      replace (mixture_density p d n q m s t x * (_ / mixture_density p d n q m s t x))
        with (sumn n (fun k => weight p d q m s t x k * component_denoiser p m s t x k j)) by (field; lra).
      apply sumn_ext. intros k _. unfold weight. change (component_density p d m s k t x) with (prodn d (axis_marginal k)). ring. }
    rewrite E. apply over_space_ext with (fun y => sumn n (fun k => q k * prodn d (fun i => if Nat.eqb i j then y i * axis k i (y i) else axis k i (y i)))).
    + intros y. rewrite joint_density, <- sumn_scal. apply sumn_ext. intros k _.
      rewrite (prodn_ext d _ (fun i => if Nat.eqb i j then y j * axis k i (y i) else axis k i (y i))).
      * rewrite (prodn_one_more d (fun i => axis k i (y i)) j (y j) Hj). ring.
      * intros i _. now destruct (Nat.eqb_spec i j) as [->|].
    + apply (over_space_sum d n (fun k y => q k * prodn d (fun i => if Nat.eqb i j then y i * axis k i (y i) else axis k i (y i)))
        (fun k => q k * (component_denoiser p m s t x k j * prodn d (axis_marginal k)))); [exact N|].
      intros k Hk. apply over_space_factor.
      rewrite <- (prodn_one_more d (axis_marginal k) j (component_denoiser p m s t x k j) Hj).
      rewrite (prodn_ext d _ (fun i => if Nat.eqb i j then component_denoiser p m s t x k i * axis_marginal k i else axis_marginal k i))
        by (intros i _; now destruct (Nat.eqb_spec i j) as [->|]).
      apply (over_space_product d (fun i y => if Nat.eqb i j then y * axis k i y else axis k i y)
        (fun i => if Nat.eqb i j then component_denoiser p m s t x k i * axis_marginal k i else axis_marginal k i)).
      intros i _. destruct (Nat.eqb i j); [now apply axis_first_moment|now apply axis_integral].
Qed.
End Mixture.

(* p_t has mass 1 over R^d at every time, for every path and every mixture. *)
Theorem marginal_total_in_space p d n (q : nat -> R) (m s : nat -> nat -> R) t : (0 < n)%nat -> sumn n q = 1 -> regular p t ->
  over_space d (mixture_density p d n q m s t) 1.
Proof.
  intros N Hq Hp. rewrite <- Hq. unfold mixture_density, weight.
  apply (over_space_sum d n (fun k x => q k * component_density p d m s k t x) q N). intros k _.
  assert (E := over_space_factor d (q k) (component_density p d m s k t) 1). rewrite Rmult_1_r in E. apply E.
  apply (normal_total_in_space d (fun i => alpha p t * m k i) (fun i => sqrt (component_variance p s t k i))).
  intros i _. apply sqrt_lt_R0. now apply component_variance_pos.
Qed.

(* Where alpha = 0 and sigma = 1 every mixture's marginal density is the noise's: the paths of `carries_noise_to_data` begin
   at N(0, I) whatever the data. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Gaussian ContinuityEquation AffinePaths PathEnds MarginalField PosteriorMoments.
Open Scope R_scope.

(* p_0 = N(0, I) in R^d, for any weights that sum to 1, any means, any stds. *)
Theorem marginal_starts_at_the_noise p d n (q : nat -> R) (m s : nat -> nat -> R) x : carries_noise_to_data p -> sumn n q = 1 ->
  mixture_density p d n q m s 0 x = gauss_vec d (fun _ => 0) (fun _ => 1) x.
Proof.
  intros (_ & A & S) Hq. unfold mixture_density, weight.
  rewrite (sumn_ext n _ (fun k => gauss_vec d (fun _ => 0) (fun _ => 1) x * q k)).
  - rewrite sumn_scal, Hq. ring.
  - intros k _. rewrite Rmult_comm. f_equal. unfold component_density, gauss_vec. apply prodn_ext. intros i _.
    unfold component_variance, variance. rewrite A, S. replace (0 * 0 * (s k i * s k i) + 1 * 1) with 1 by ring. rewrite sqrt_1, Rmult_0_l.
    reflexivity.
Qed.

(* Changing the schedule of a trained or exact field: path B is path A run with another clock a(b) and
   rescaled by S(b), whenever the signal-to-noise ratios agree. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Averages Differentiation Gaussian ContinuityEquation AffinePaths
  PosteriorMoments.
Open Scope R_scope.

Lemma gauss_rescale S m r y : 0 < S -> 0 < r -> gauss (S * m) (S * r) (S * y) = / S * gauss m r y.
Proof.
  intros HS Hr. assert (P := sqrt2pi_pos). unfold gauss.
  replace (- (S * y - S * m) ^ 2 / (2 * (S * r) ^ 2)) with (- (y - m) ^ 2 / (2 * r ^ 2)) by (field; lra).
  field. lra.
Qed.

Lemma average_rescale n c w F : c <> 0 -> average n (fun k => c * w k) F = average n w F.
Proof.
  intros Hc. unfold average.
  rewrite (sumn_ext n (fun k => c * w k * F k) (fun k => c * (w k * F k))) by (intros; ring).
  rewrite !sumn_scal. destruct (Req_dec (sumn n w) 0) as [E|E]; [|now field].
  rewrite E, Rmult_0_r. unfold Rdiv. rewrite Rinv_0. ring.
Qed.

Section Transform.
Variables A B : path.
Variables a S : R -> R.                (* the clock and the scale *)
Variables aDot SDot b : R.
Hypothesis Ha : is_derive a b aDot.
Hypothesis HS : is_derive S b SDot.
Hypothesis S0 : 0 < S b.
Hypothesis HA : regular A (a b).
Hypothesis HB : regular B b.
(* S = sigma_B/sigma_A and equal SNR: both functions of B are S times those of A. *)
Hypothesis Halpha : locally b (fun s => alpha B s = S s * alpha A (a s)).
Hypothesis Hsigma : locally b (fun s => sigma B s = S s * sigma A (a s)).

Lemma rescaled_derivative (f g : R -> R) (df dg : R) :
  is_derive f (a b) df -> is_derive g b dg -> locally b (fun s => g s = S s * f (a s)) ->
  dg = SDot * f (a b) + S b * (aDot * df).
Proof.
  intros Hf Hg E.
  assert (D : is_derive (fun s => S s * f (a s)) b (SDot * f (a b) + S b * (aDot * df))).
  { apply (is_derive_product S (fun s => f (a s))); [exact HS|].
    exact (is_derive_comp f a b _ _ Hf Ha). }
  assert (D' : is_derive g b (SDot * f (a b) + S b * (aDot * df))).
  { apply is_derive_ext_loc with (2 := D). revert E. apply filter_imp. now intros s <-. }
  now rewrite <- (Derive_value _ _ _ Hg), (Derive_value _ _ _ D').
Qed.

Lemma transformed_schedule :
  alpha B b = S b * alpha A (a b) /\ sigma B b = S b * sigma A (a b) /\
  alphaDot B b = SDot * alpha A (a b) + S b * (aDot * alphaDot A (a b)) /\
  halfVarianceDot B b = S b * SDot * variance A (a b) + S b * S b * (aDot * halfVarianceDot A (a b)).
Proof.
  assert (Ea := locally_singleton _ _ Halpha). assert (Es := locally_singleton _ _ Hsigma).
  destruct HA as (A0 & A1 & A2). destruct HB as (B0 & B1 & B2).
  assert (D1 := rescaled_derivative _ _ _ _ A1 B1 Halpha).
  assert (D2 := rescaled_derivative _ _ _ _ A2 B2 Hsigma).
  repeat split; auto. unfold sigmaDot in D2.
  replace (halfVarianceDot B b) with (sigma B b * (halfVarianceDot B b / sigma B b)) by (field; lra).
  rewrite D2, Es. unfold variance. field. lra.
Qed.

(* S'/S = v_B'/(2 v_B) - a' v_A'/(2 v_A), the drift that the code computes. *)
Theorem transform_drift : SDot / S b
  = halfVarianceDot B b / variance B b - aDot * (halfVarianceDot A (a b) / variance A (a b)).
Proof.
  destruct transformed_schedule as (_ & Es & _ & Eh). destruct HA as (A0 & _).
  rewrite Eh. unfold variance at 2. rewrite Es. unfold variance. field. lra.
Qed.

Section Mixture.
Variables (d n : nat) (q : nat -> R) (m s : nat -> nat -> R).
Hypothesis Hq : forall k, (k < n)%nat -> 0 <= q k.
Hypothesis Hq0 : exists k, (k < n)%nat /\ 0 < q k.
Variable y : vec.
Let x : vec := fun i => S b * y i.

Lemma component_variance_rescale k i :
  component_variance B s b k i = S b * S b * component_variance A s (a b) k i.
Proof.
  destruct transformed_schedule as (E1 & E2 & _). unfold component_variance, variance.
  rewrite E1, E2. ring.
Qed.

Lemma component_score_rescale k i :
  component_score B m s b x k i = / S b * component_score A m s (a b) y k i.
Proof.
  destruct transformed_schedule as (E1 & _). unfold component_score, x.
  rewrite component_variance_rescale, E1. assert (V := component_variance_pos A s (a b) HA k i).
  field. lra.
Qed.

Lemma component_denoiser_rescale k i :
  component_denoiser B m s b x k i = component_denoiser A m s (a b) y k i.
Proof.
  destruct transformed_schedule as (E1 & _). unfold component_denoiser.
  rewrite component_score_rescale, E1. field. lra.
Qed.

Lemma weight_rescale k : weight B d q m s b x k = (/ S b)^d * weight A d q m s (a b) y k.
Proof.
  destruct transformed_schedule as (E1 & _).
  assert (E : component_density B d m s k b x = (/ S b)^d * component_density A d m s k (a b) y).
  { unfold component_density, gauss_vec. clear Hq Hq0. induction d; simpl; [ring|]. rewrite IHn0.
    assert (V := component_variance_pos A s (a b) HA k n0).
    rewrite component_variance_rescale, sqrt_mult, sqrt_square by nra.
    rewrite E1. unfold x.
    replace (S b * alpha A (a b) * m k n0) with (S b * (alpha A (a b) * m k n0)) by ring. rewrite gauss_rescale by (try apply sqrt_lt_R0; easy). ring. }
  unfold weight. rewrite E. ring.
Qed.

(* p_B(b, S y) = S^-d p_A(a, y). *)
Theorem transformed_density : mixture_density B d n q m s b x = (/ S b)^d * mixture_density A d n q m s (a b) y.
Proof. unfold mixture_density. rewrite <- sumn_scal. apply sumn_ext. intros. apply weight_rescale. Qed.

(* u_B(b, x) = (S'/S) x + a' S u_A(a, x/S), here with x = S y. *)
Theorem transformed_velocity i :
  mixture_velocity B d n q m s b x i = SDot / S b * x i + aDot * S b * mixture_velocity A d n q m s (a b) y i.
Proof.
  destruct transformed_schedule as (_ & _ & E3 & E4).
  assert (C : (/ S b)^d <> 0) by (apply pow_nonzero, Rinv_neq_0_compat; lra).
  assert (ED : denoiser B d n q m s b x i = denoiser A d n q m s (a b) y i).
  { unfold denoiser. rewrite <- (average_rescale n ((/ S b)^d) (weight A d q m s (a b) y)) by easy.
    unfold average. f_equal; apply sumn_ext; intros k _; rewrite weight_rescale; [|easy].
    now rewrite component_denoiser_rescale. }
  assert (EG : negative_score B d n q m s b x i = / S b * negative_score A d n q m s (a b) y i).
  { unfold negative_score. rewrite <- (average_rescale n ((/ S b)^d) (weight A d q m s (a b) y)) by easy.
    rewrite <- average_scal.
    unfold average. f_equal; apply sumn_ext; intros k _; rewrite weight_rescale; [|easy].
    now rewrite component_score_rescale. }
  assert (M := moments_consistent A d n q m s Hq Hq0 (a b) HA y i).
  unfold mixture_velocity. rewrite ED, EG, E3, E4. unfold x. rewrite M at 1. field. lra.
Qed.
End Mixture.

(* Trajectories correspond: if Y solves A's equation, X(b) = S(b) Y(a(b)) solves B's. *)
Theorem transformed_trajectory d n q m s (Y : R -> vec) i :
  (forall k, (k < n)%nat -> 0 <= q k) -> (exists k, (k < n)%nat /\ 0 < q k) ->
  is_derive (fun r => Y r i) (a b) (mixture_velocity A d n q m s (a b) (Y (a b)) i) ->
  is_derive (fun r => S r * Y (a r) i) b
            (mixture_velocity B d n q m s b (fun j => S b * Y (a b) j) i).
Proof.
  intros Hq Hq0 HY. eapply is_derive_eq.
  - apply (is_derive_product S (fun r => Y (a r) i)); [exact HS|].
    exact (is_derive_comp (fun r => Y r i) a b _ _ HY Ha).
  - rewrite (transformed_velocity d n q m s Hq Hq0). unfold scal; simpl; unfold mult; simpl. field. lra.
Qed.
End Transform.

(* The clock's speed is the ratio of the log-SNR rates: a' = l_B'/l_A'. *)
Theorem transform_speed (lA lB a : R -> R) (aDot dlA dlB b : R) :
  locally b (fun s => lA (a s) = lB s) -> is_derive a b aDot -> is_derive lA (a b) dlA ->
  is_derive lB b dlB -> dlA <> 0 -> aDot = dlB / dlA.
Proof.
  intros E Ha HA HB H0.
  assert (D : is_derive lB b (aDot * dlA)).
  { apply is_derive_ext_loc with (2 := is_derive_comp lA a b dlA aDot HA Ha). exact E. }
  assert (F : dlB = aDot * dlA) by now rewrite <- (Derive_value _ _ _ HB), (Derive_value _ _ _ D).
  rewrite F. field. exact H0.
Qed.

(* What conflicting targets at one place do to the gradient of the loss: its mean is that of the marginal field's loss, and its
   variance has the spread of the targets on top. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums.
Open Scope R_scope.

Section Places.
Variables (d places targets : nat).
Variable mass : nat -> nat -> R.                        (* of place j together with target k *)
Variable target : nat -> nat -> vec.                    (* u_t(x|x1): target k as seen at place j *)
Variables (model slope : nat -> vec).                   (* v(x) and dv(x)/d theta at place j, theta one parameter *)
Hypothesis mass_positive : forall j k, (j < places)%nat -> (k < targets)%nat -> 0 <= mass j k.
Hypothesis place_positive : forall j, (j < places)%nat -> 0 < sumn targets (mass j).
Hypothesis total : sumn places (fun j => sumn targets (mass j)) = 1.

Definition over_pairs (f : nat -> nat -> R) : R := sumn places (fun j => sumn targets (fun k => mass j k * f j k)).
(* the marginal velocity: the mean of the targets seen at place j *)
Definition mean_target (j : nat) : vec := fun i => sumn targets (fun k => mass j k * target j k i) / sumn targets (mass j).
(* d/dtheta |v - c|^2 = 2 (v - c) . dv/dtheta, with the target and with the marginal velocity for c *)
Definition conditional_gradient (j k : nat) : R := 2 * dot d (fun i => model j i - target j k i) (slope j).
Definition marginal_gradient (j k : nat) : R := 2 * dot d (fun i => model j i - mean_target j i) (slope j).
Definition spread (j k : nat) : R := dot d (fun i => target j k i - mean_target j i) (slope j).
Definition variance_of (f : nat -> nat -> R) : R := over_pairs (fun j k => (f j k - over_pairs f) * (f j k - over_pairs f)).

Lemma over_pairs_ext f g : (forall j k, (j < places)%nat -> (k < targets)%nat -> f j k = g j k) -> over_pairs f = over_pairs g.
Proof. intros E. apply sumn_ext. intros j Hj. apply sumn_ext. intros k Hk. now rewrite E. Qed.

Lemma over_pairs_plus f g : over_pairs (fun j k => f j k + g j k) = over_pairs f + over_pairs g.
Proof.
  unfold over_pairs. rewrite <- sumn_plus. apply sumn_ext. intros j _. rewrite <- sumn_plus. apply sumn_ext. intros; ring.
Qed.

Lemma over_pairs_scal c f : over_pairs (fun j k => c * f j k) = c * over_pairs f.
Proof.
  unfold over_pairs. rewrite <- sumn_scal. apply sumn_ext. intros j _. rewrite <- sumn_scal. apply sumn_ext. intros; ring.
Qed.

(* What depends on the place alone does not see the spread. *)
Lemma spread_is_centred (g : nat -> R) : over_pairs (fun j k => g j * spread j k) = 0.
Proof.
  unfold over_pairs. rewrite (sumn_ext places _ (fun _ => 0)); [apply sumn_zero|]. intros j Hj. assert (P := place_positive j Hj).
  unfold spread, dot. rewrite (sumn_ext targets _ (fun k => sumn d (fun i => g j * slope j i * (mass j k * target j k i - mean_target j i * mass j k)))).
  - rewrite sumn_swap, (sumn_ext d _ (fun _ => 0)); [apply sumn_zero|]. intros i _.
    rewrite sumn_scal, sumn_minus, sumn_scal. unfold mean_target. field. lra.
  - intros k _. rewrite <- !sumn_scal. apply sumn_ext. intros; ring.
Qed.

Lemma gradient_splits j k : conditional_gradient j k = marginal_gradient j k + -2 * spread j k.
Proof.
  unfold conditional_gradient, marginal_gradient, spread, dot. rewrite <- !sumn_scal, <- sumn_plus. apply sumn_ext. intros; ring.
Qed.

(* E[grad L_CFM] = E[grad L_FM], Var[grad L_CFM] = Var[grad L_FM] + 4 E[((c - E[c|x]) . dv/dtheta)^2]: where lines cross, the
   targets differ, and the last term is positive unless dv/dtheta is orthogonal to the differences. *)
Theorem crossing_raises_gradient_variance :
  over_pairs conditional_gradient = over_pairs marginal_gradient /\
  variance_of conditional_gradient = variance_of marginal_gradient + 4 * over_pairs (fun j k => spread j k * spread j k) /\
  (forall j k, (j < places)%nat -> (k < targets)%nat -> 0 < mass j k -> spread j k <> 0 ->
     variance_of marginal_gradient < variance_of conditional_gradient).
Proof.
  assert (M : over_pairs conditional_gradient = over_pairs marginal_gradient).
  { rewrite (over_pairs_ext _ (fun j k => marginal_gradient j k + -2 * spread j k)) by (intros; apply gradient_splits).
    rewrite over_pairs_plus. rewrite (spread_is_centred (fun _ => -2)). ring. }
  assert (V : variance_of conditional_gradient = variance_of marginal_gradient + 4 * over_pairs (fun j k => spread j k * spread j k)).
  { unfold variance_of. rewrite M. set (m := over_pairs marginal_gradient).
    rewrite (over_pairs_ext _ (fun j k => (marginal_gradient j k - m) * (marginal_gradient j k - m)
      + (-4 * (marginal_gradient j 0%nat - m) * spread j k + 4 * (spread j k * spread j k)))).
    - rewrite over_pairs_plus, over_pairs_plus, over_pairs_scal. rewrite (spread_is_centred (fun j => -4 * (marginal_gradient j 0%nat - m))). ring.
    - intros j k _ _. rewrite gradient_splits. change (marginal_gradient j 0%nat) with (marginal_gradient j k). ring. }
  refine (conj M (conj V _)). intros j k Hj Hk Pm Ns. rewrite V.
  assert (0 < over_pairs (fun j k => spread j k * spread j k)); [|lra].
  apply (sumn_pos places _ j); [|exact Hj|].
  - intros j' Hj'. apply sumn_nonneg. intros k' Hk'. apply Rmult_le_pos; [auto|apply Rle_0_sqr].
  - apply (sumn_pos targets _ k); [|exact Hk|].
    + intros k' Hk'. apply Rmult_le_pos; [auto|apply Rle_0_sqr].
    + apply Rmult_lt_0_compat; [exact Pm|]. now apply Rsqr_pos_lt.
Qed.
End Places.

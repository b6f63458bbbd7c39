(* The change of variables and the likelihood integral as theorems about the flow of a smooth field of R^d, learned or
   exact: that trajectories exist and that the flow has a Jacobian J is proved, not assumed. log |det J| is written
   log det(J^T J)/2 until the determinant itself comes in (Determinants.v). *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives SymmetricMatrices MatrixDerivatives Gaussian
  FullGaussian Determinants ContinuityEquation Likelihood Volume GrowthBounds GlobalTrajectories FlowsInSpace StartDerivative.
Open Scope R_scope.

(* What is differentiable in the first d coordinates reads no others. *)
Lemma diff_at_reads_coordinates d p t x y pt px : diff_at d p t x pt px ->
  (forall j, (j < d)%nat -> y j = x j) -> p t y = p t x.
Proof.
  intros D E. destruct (D (mkposreal 1 Rlt_0_1)) as (del & H). specialize (H t y).
  assert (Z : forall i, (i < d)%nat -> y i - x i = 0) by (intros i Hi; rewrite E by exact Hi; ring).
  rewrite (Rminus_diag_eq t t), Rabs_R0, Rmult_0_r, Rplus_0_l, Rplus_0_l in H by reflexivity.
  rewrite (sumn_ext d (fun i => px i * (y i - x i)) (fun _ => 0)), sumn_zero in H by (intros i Hi; rewrite Z by exact Hi; ring).
  rewrite (sumn_ext d (fun i => Rabs (y i - x i)) (fun _ => 0)), sumn_zero in H by (intros i Hi; rewrite Z by exact Hi; apply Rabs_R0).
  rewrite Rmult_0_r, Rminus_0_r in H.
  assert (Q : Rabs (p t y - p t x) <= 0).
  { apply H; [apply cond_pos|]. intros i Hi. rewrite Z, Rabs_R0 by exact Hi. apply cond_pos. }
  assert (P := Rabs_pos (p t y - p t x)). destruct (Req_dec (p t y - p t x) 0) as [G|G]; [lra|].
  apply Rabs_pos_lt in G. lra.
Qed.

Section Field.
Variables (d : nat) (u : R -> vec -> vec) (A : R -> vec -> nat -> vec) (a b growth : R).
Hypothesis Hab : a <= b.
Hypothesis Hgrowth : 0 <= growth.
Hypothesis smooth : smooth_field d u A a b growth.
Let flow := flow d u a b growth.
Let J s x t := flow_jacobian d u A a b growth s x s t.
Let log_volume s x t := / 2 * log_determinant d (fun i j => sumn d (fun k => J s x t k i * J s x t k j)).

Lemma field_partial t x i k : a <= t <= b -> (i < d)%nat -> (k < d)%nat ->
  is_derive (fun y => u t (upd x k y) i) (x k) (A t x i k).
Proof.
  intros Ht Hi Hk. destruct smooth as (D & _). assert (E := D t x (fun j => kronecker j k) i Ht Hi).
  apply is_derive_ext with (fun y => u t (moved x (fun j => kronecker j k) (y - x k)) i).
  - intros y. f_equal. apply functional_extensionality. intros j. unfold moved, upd, kronecker.
    destruct (Nat.eqb_spec j k) as [->|]; ring.
  - eapply is_derive_eq.
    + apply (is_derive_comp (fun h => u t (moved x (fun j => kronecker j k) h) i) (fun y => y - x k)).
      * rewrite Rminus_diag_eq by reflexivity. exact E.
      * instantiate (1 := 1). auto_derive; [easy|ring].
    + unfold scal; simpl; unfold mult; simpl. rewrite Rmult_1_l.
      rewrite (sumn_ext d _ (fun j => kronecker k j * A t x i j)) by (intros j _; rewrite kronecker_sym; ring). now apply sumn_kronecker.
Qed.

Section Start.
Variables (s : R) (x : vec).
Hypothesis Hs : a <= s <= b.

(* Liouville's theorem for the flow: d/dt log |det J| is the divergence at the trajectory. *)
Theorem flow_volume_rate t : a <= t <= b ->
  is_derive (log_volume s x) t (sumn d (fun i => A t (flow s t x) i i)).
Proof.
  intros Ht. apply (liouville d (J s x) (A t (flow s t x)) (flow_jacobian d u A a b growth s x t s) t).
  - intros i k Hi Hk. now apply (variational_equation d u A a b growth Hab Hgrowth smooth s x Hs).
  - intros i k Hi Hk. now apply (jacobians_invert d u A a b growth Hab Hgrowth smooth s x Hs).
  - intros i k Hi Hk. now apply (jacobians_invert d u A a b growth Hab Hgrowth smooth s x Hs).
Qed.

Lemma volume_at_start : log_volume s x s = 0.
Proof.
  unfold log_volume. assert (X : forall i j, (i < d)%nat -> (j < d)%nat ->
    sumn d (fun k => J s x s k i * J s x s k j) = diagonal (fun _ => 1) i j).
  { intros i j Hi Hj.
    assert (E : forall k l, (k < d)%nat -> J s x s k l = kronecker k l).
    { intros k l Hk. now apply (variational_equation d u A a b growth Hab Hgrowth smooth s x Hs s k l). }
    rewrite (sumn_ext d _ (fun k => kronecker i k * kronecker k j)) by (intros k Hk; rewrite !E by exact Hk; now rewrite (kronecker_sym k i)).
    rewrite sumn_kronecker by exact Hi. unfold diagonal, kronecker. destruct (Nat.eqb i j); ring. }
  rewrite (proj2 (matrix_ext d _ _ X)), diagonal_log_determinant, (sumn_ext d _ (fun _ => 0)), sumn_zero; [ring|].
  intros; apply ln_1.
Qed.

Section Density.
(* a density that moves with the field: the continuity equation, wherever the density is differentiable and positive *)
Variable p : R -> vec -> R.
Hypothesis carried : forall t y, a <= t <= b -> ex_diff_at d p t y /\ 0 < p t y /\ continuity d p u t y.

Lemma density_rate t : a <= t <= b ->
  is_derive (fun t => ln (p t (flow s t x))) t (- sumn d (fun i => A t (flow s t x) i i)).
Proof.
  intros Ht. destruct (carried t (flow s t x) Ht) as ((pt & px & D) & P & C).
  apply (log_density_rate d p u (fun t => flow s t x) t pt px (fun i => A t (flow s t x) i i)); auto.
  - intros i Hi. now apply field_partial.
  - intros i Hi. now apply (flow_exists_in_space d u A a b growth Hab Hgrowth smooth s x Hs).
Qed.

(* log p_t(phi(x)) + log |det J| = log p_s(x). *)
Theorem flow_changes_variables_in_space t : a <= t <= b ->
  ln (p t (flow s t x)) + log_volume s x t = ln (p s x).
Proof.
  intros Ht. set (f := fun t => ln (p t (flow s t x)) + log_volume s x t).
  assert (D : forall r, a <= r <= b -> is_derive f r 0).
  { intros r Hr. eapply is_derive_eq.
    - apply (is_derive_plus (V := R_NormedModule)); [now apply density_rate|now apply flow_volume_rate].
    - unfold plus; simpl. ring. }
  assert (E : f t = f s).
  { assert (G : forall r q, a <= r -> r <= q -> q <= b -> f r = f q).
    { intros r q Hr Hrq Hq. apply Rle_antisym.
      - apply (nondecreasing f (fun _ => 0) r q Hrq); intros; [apply D; lra|lra].
      - apply Ropp_le_cancel. apply (nondecreasing (fun r => - f r) (fun _ => 0) r q Hrq); intros; [|lra].
        eapply is_derive_eq; [apply (is_derive_opp (V := R_NormedModule) f); apply D; lra|]. unfold opp; simpl. ring. }
    destruct (Rle_or_lt t s); [apply G; lra|symmetry; apply G; lra]. }
  unfold f in E. rewrite E, volume_at_start, Rplus_0_r. f_equal.
  destruct (carried s x Hs) as ((pt & px & F) & _). apply (diff_at_reads_coordinates d p s x _ pt px F).
  intros j Hj. now apply (flow_exists_in_space d u A a b growth Hab Hgrowth smooth s x Hs).
Qed.

(* p_t(phi(x)) |det J| = p_s(x), with the determinant as a sum over permutations. *)
Theorem flow_pushes_density_in_space t : a <= t <= b -> p t (flow s t x) * Rabs (determinant d (J s x t)) = p s x.
Proof.
  intros Ht. assert (E := flow_changes_variables_in_space t Ht). unfold log_volume in E.
  destruct (volume_is_the_determinant d (J s x t) (flow_jacobian d u A a b growth s x t s)) as (N & V).
  { intros i k Hi Hk. now apply (jacobians_invert d u A a b growth Hab Hgrowth smooth s x Hs). }
  rewrite V in E. destruct (carried t (flow s t x) Ht) as (_ & P & _), (carried s x Hs) as (_ & P0 & _).
  assert (D := Rabs_pos_lt _ N). rewrite <- ln_mult in E by easy. apply ln_inv in E; [exact E|now apply Rmult_lt_0_compat|exact P0].
Qed.

(* log p_t(phi(x)) = log p_s(x) - int_s^t div u along the trajectory. *)
Theorem flow_likelihood t : a <= t <= b ->
  ln (p t (flow s t x)) = ln (p s x) - RInt (fun r => sumn d (fun i => A r (flow s r x) i i)) s t.
Proof.
  intros Ht. set (div := fun r => sumn d (fun i => A r (flow s r x) i i)).
  (* the divergence, continued to all times, is continuous *)
  set (field := linearised d u A a b growth s x).
  set (div' := fun r => sumn d (fun i => field r (fun j => kronecker j i) i)).
  assert (same : forall r, a <= r <= b -> div' r = div r).
  { intros r Hr. apply sumn_ext. intros i Hi. unfold field, linearised. rewrite (clamp_inside a b r Hr).
    rewrite (sumn_ext d _ (fun j => kronecker i j * A r (flow s r x) i j)) by (intros j _; rewrite kronecker_sym; unfold flow; ring).
    now apply sumn_kronecker. }
  assert (C : forall r, continuous div' r).
  { intros r. destruct (linearised_lipschitz d u A a b growth Hab Hgrowth smooth s x Hs) as (L & _ & _ & Ct & _).
    unfold div'. assert (G : forall n, (n <= d)%nat -> continuous (fun r => sumn n (fun i => field r (fun j => kronecker j i) i)) r).
    { induction n; intros Hn; simpl; [apply continuous_const|]. apply (continuous_plus (V := R_NormedModule)); [apply IHn; lia|].
      apply Ct. lia. }
    now apply (G d). }
  assert (I : is_RInt (fun r => - div' r) s t (ln (p t (flow s t x)) - ln (p s (flow s s x)))).
  { apply (is_RInt_derive (fun r => ln (p r (flow s r x)))).
    - intros r Hr. assert (Br := between a b s t r Hs Ht Hr). rewrite (same r Br). now apply density_rate.
    - intros r _. apply (continuous_opp (V := R_NormedModule) div'). apply C. }
  assert (K : RInt div s t = - (ln (p t (flow s t x)) - ln (p s (flow s s x)))).
  { rewrite (RInt_ext div div') by (intros r Hr; symmetry; apply same, (between a b s t r Hs Ht); lra).
    apply is_RInt_unique. apply is_RInt_ext with (fun r => opp (- div' r)).
    - intros r _. apply (opp_opp (div' r)).
    - exact (is_RInt_opp _ _ _ _ I). }
  fold div. rewrite K.
  assert (E : p s (flow s s x) = p s x).
  { destruct (carried s x Hs) as ((pt & px & F) & _). apply (diff_at_reads_coordinates d p s x _ pt px F).
    intros j Hj. now apply (flow_exists_in_space d u A a b growth Hab Hgrowth smooth s x Hs). }
  rewrite E. ring.
Qed.
End Density.
End Start.
End Field.

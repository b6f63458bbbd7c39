(* "A field generates a path of densities if and only if they satisfy the continuity equation", for a smooth field of R^d and
   densities that are differentiable and positive: both directions, with the flow's own Jacobian. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives SymmetricMatrices MatrixDerivatives Gaussian FullGaussian
  Determinants ContinuityEquation Likelihood GrowthBounds GlobalTrajectories FlowsInSpace StartDerivative FlowLikelihood.
Open Scope R_scope.

Section Field.
Variables (d : nat) (u : R -> vec -> vec) (A : R -> vec -> nat -> vec) (a b growth : R).
Hypothesis Hab : a <= b.
Hypothesis Hgrowth : 0 <= growth.
Hypothesis smooth : smooth_field d u A a b growth.
Variable p : R -> vec -> R.
Hypothesis differentiable_density : forall t y, a <= t <= b -> ex_diff_at d p t y /\ 0 < p t y.
Let flow := flow d u a b growth.
Let J s x t := flow_jacobian d u A a b growth s x s t.

Lemma jacobian_reads_coordinates t y z i : a <= t <= b -> (i < d)%nat -> (forall j, (j < d)%nat -> z j = y j) -> A t z i i = A t y i i.
Proof.
  intros Ht Hi E.
  assert (Dy := field_partial d u A a b growth smooth t y i i Ht Hi Hi). assert (Dz := field_partial d u A a b growth smooth t z i i Ht Hi Hi).
  rewrite <- (Derive_value _ _ _ Dz), <- (Derive_value _ _ _ Dy), (E i Hi). apply Derive_ext. intros h.
  apply (field_reads_coordinates d u A a b growth smooth t _ _ i Ht Hi). intros j Hj. unfold upd. destruct (Nat.eqb j i); auto.
Qed.

(* The densities are carried along the flow from any of their times to any other: p_t(phi(x)) |det J| = p_s(x). *)
Definition carried_by_the_flow := forall s t x, a <= s <= b -> a <= t <= b ->
  p t (flow s t x) * Rabs (determinant d (J s x t)) = p s x.

Lemma carried_satisfies_continuity t y : carried_by_the_flow -> a < t < b -> continuity d p u t y.
Proof.
  intros C Ht. assert (Ht' : a <= t <= b) by lra. destruct (differentiable_density t y Ht') as ((pt & px & D) & P).
  destruct (flow_exists_in_space d u A a b growth Hab Hgrowth smooth t y Ht') as (E1 & E2 & _). fold flow in E1, E2.
  set (X := fun r i => if Nat.ltb i d then flow t r y i else y i).
  assert (XE : forall r j, (j < d)%nat -> X r j = flow t r y j) by (intros r j Hj; unfold X; now rewrite (proj2 (Nat.ltb_lt j d) Hj)).
  assert (X0 : X t = y).
  { apply functional_extensionality. intros j. destruct (Nat.ltb_spec j d) as [L|L].
    - rewrite XE, E1; easy.
    - unfold X. now rewrite (proj2 (Nat.ltb_ge j d) L). }
  assert (PX : forall r, a <= r <= b -> p r (X r) = p r (flow t r y)).
  { intros r Hr. destruct (differentiable_density r (flow t r y) Hr) as ((qt & qx & F) & _).
    apply (diff_at_reads_coordinates d p r _ _ qt qx F). intros j Hj. now apply XE. }
  set (volume := fun r => / 2 * log_determinant d (fun i j => sumn d (fun k => J t y r k i * J t y r k j))).
  (* log p + log volume does not change *)
  assert (K : forall r, a <= r <= b -> ln (p r (X r)) + volume r = ln (p t y)).
  { intros r Hr. rewrite (PX r Hr). destruct (volume_is_the_determinant d (J t y r) (flow_jacobian d u A a b growth t y r t)) as (N & V).
    { intros i k Hi Hk. now apply (jacobians_invert d u A a b growth Hab Hgrowth smooth t y Ht'). }
    unfold volume. rewrite V, <- ln_mult; [|apply differentiable_density; exact Hr|now apply Rabs_pos_lt].
    f_equal. now apply C. }
  assert (DX : is_derive (fun r => p r (X r)) t (pt + dot d px (u t y))).
  { apply (chain_rule d p t X (u t y) pt px); [now rewrite X0|]. intros i Hi. apply is_derive_ext with (fun r => flow t r y i).
    - intros r. now rewrite XE.
    - assert (Q := E2 t i Ht' Hi). rewrite (field_reads_coordinates d u A a b growth smooth t (flow t t y) y i Ht' Hi E1) in Q. exact Q. }
  assert (DV : is_derive volume t (sumn d (fun i => A t y i i))).
  { eapply is_derive_eq; [exact (flow_volume_rate d u A a b growth Hab Hgrowth smooth t y Ht' t Ht')|].
    apply sumn_ext. intros i Hi. now apply jacobian_reads_coordinates. }
  assert (DL : is_derive (fun r => ln (p r (X r)) + volume r) t ((pt + dot d px (u t y)) / p t y + sumn d (fun i => A t y i i))).
  { apply is_derive_sum; [|exact DV]. rewrite <- X0 at 2. apply is_derive_ln_comp; [exact DX|now rewrite X0]. }
  assert (Z : (pt + dot d px (u t y)) / p t y + sumn d (fun i => A t y i i) = 0).
  { rewrite <- (Derive_value _ _ _ DL). apply Derive_value. apply is_derive_ext_loc with (fun _ => ln (p t y)); [|apply (is_derive_const (ln (p t y)))].
    generalize (filter_and _ _ (open_gt a t (proj1 Ht)) (open_lt b t (proj2 Ht))). apply filter_imp. intros r Hr. symmetry. apply K. lra. }
  exists pt, (fun i => px i * u t y i + p t y * A t y i i). split; [|split].
  - exact (diff_at_dt _ _ _ _ _ _ D).
  - intros i Hi. eapply is_derive_eq.
    + apply (is_derive_product (fun h => p t (upd y i h)) (fun h => u t (upd y i h) i)).
      * exact (diff_at_dx _ _ _ _ _ _ i Hi D).
      * exact (field_partial d u A a b growth smooth t y i i Ht' Hi Hi).
    + cbv beta. now rewrite upd_id.
  - rewrite sumn_plus, sumn_scal. fold (dot d px (u t y)).
    apply (f_equal (fun z => z * p t y)) in Z. rewrite Rmult_0_l, Rmult_plus_distr_r in Z. unfold Rdiv in Z.
    rewrite Rmult_assoc, Rinv_l in Z by lra. lra.
Qed.

(* The continuity equation makes the flow carry the densities; and where it carries them, the equation holds. *)
Theorem continuity_equation_iff_transport :
  ((forall t y, a <= t <= b -> continuity d p u t y) -> carried_by_the_flow) /\
  (carried_by_the_flow -> forall t y, a < t < b -> continuity d p u t y).
Proof.
  split.
  - intros C s t x Hs Ht. apply (flow_pushes_density_in_space d u A a b growth Hab Hgrowth smooth s x Hs p); [|exact Ht].
    intros r y Hr. destruct (differentiable_density r y Hr) as (D & P). auto.
  - intros C t y Ht. now apply carried_satisfies_continuity.
Qed.
End Field.

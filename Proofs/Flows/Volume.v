(* How the volume around a trajectory changes. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums SymmetricMatrices MatrixDerivatives Eigenbasis.
Open Scope R_scope.

(* Liouville: J' = A J gives d/dt log |det J| = tr A. With J = dx_t/dx_0 and A = dv/dx this is the divergence of
   the field, the rate at which log p_t(x_t) falls. *)
Theorem liouville d (J : R -> mat) (A K : mat) t :
  differentiable t d J (product d A (J t)) ->
  (forall i j, (i < d)%nat -> (j < d)%nat -> product d K (J t) i j = kronecker i j) ->
  (forall i j, (i < d)%nat -> (j < d)%nat -> product d (J t) K i j = kronecker i j) ->
  is_derive (fun s => / 2 * log_determinant d (fun i j => sumn d (fun k => J s k i * J s k j))) t
    (sumn d (fun i => A i i)).
Proof.
  intros H L R. replace (sumn d (fun i => A i i)) with (sumn d (fun i => product d K (product d A (J t)) i i)).
  - now apply jacobi_formula.
  - unfold product.
    rewrite (sumn_ext d _ (fun i => sumn d (fun k => sumn d (fun l => A k l * (J t l i * K i k))))).
    + rewrite sumn_swap. apply sumn_ext. intros k Hk. rewrite sumn_swap.
      rewrite (sumn_ext d _ (fun l => kronecker k l * A k l)); [now apply sumn_kronecker|].
      intros l Hl. rewrite (kronecker_sym k l), <- (R l k Hl Hk), sumn_scal. unfold product. ring.
    + intros i _. apply sumn_ext. intros k _. rewrite <- sumn_scal. apply sumn_ext. intros; ring.
Qed.

(* How the inverse and the determinant of a symmetric positive definite matrix change with time. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives SymmetricMatrices.
Open Scope R_scope.

Lemma ex_derive_sumn n (f : nat -> R -> R) t :
  (forall i, (i < n)%nat -> ex_derive (f i) t) -> ex_derive (fun s => sumn n (fun i => f i s)) t.
Proof.
  intros H. exists (sumn n (fun i => Derive (f i) t)). apply is_derive_sumn. intros i Hi.
  now apply Derive_correct, H.
Qed.

Section Moving.
Variable t : R.

Definition differentiable d (A : R -> mat) (dA : mat) :=
  forall i j, (i < d)%nat -> (j < d)%nat -> is_derive (fun s => A s i j) t (dA i j).

Definition schur_derivative d (A dA : mat) : mat := fun i j =>
  dA i j - (dA i d * A d j + A i d * dA d j) / A d d + A i d * A d j * dA d d / (A d d * A d d).

Lemma schur_differentiable d A dA : differentiable (S d) A dA -> A t d d <> 0 ->
  differentiable d (fun s => schur d (A s)) (schur_derivative d (A t) dA).
Proof.
  intros H H0 i j Hi Hj. unfold schur, schur_derivative, Rminus. eapply is_derive_eq.
  - apply is_derive_sum; [apply H; lia|].
    apply (is_derive_opp (fun s => A s i d * A s d j / A s d d)).
    apply (is_derive_div (fun s => A s i d * A s d j)); [apply is_derive_product; apply H; lia|apply H; lia|easy].
  - unfold opp; simpl. field. easy.
Qed.

(* The entries of the inverse are differentiable. *)
Lemma inverse_differentiable d : forall A dA,
  (forall s, symmetric (A s)) -> positive d (A t) -> differentiable d A dA ->
  forall i j, (i < d)%nat -> (j < d)%nat -> ex_derive (fun s => inverse d (A s) i j) t.
Proof.
  induction d; intros A dA S P H i j Hi Hj; [lia|].
  assert (H0 : A t d d <> 0) by (apply Rgt_not_eq, positive_pivot; auto).
  assert (IH := IHd (fun s => schur d (A s)) _ (fun s => schur_symmetric d _ (S s))
                  (schur_positive d _ (S t) P) (schur_differentiable d A dA H H0)).
  assert (G : forall i j, (i < Datatypes.S d)%nat -> (j < Datatypes.S d)%nat -> ex_derive (fun s => A s i j) t)
    by (intros a b Ha Hb; eexists; now apply H).
  assert (Q : forall f : R -> R, ex_derive f t -> ex_derive (fun s => f s / A s d d) t).
  { intros f Hf. apply (ex_derive_div f (fun s => A s d d)); [easy|apply G; lia|easy]. }
  set (edge := fun s i => apply_matrix d (inverse d (schur d (A s))) (fun j => A s j d) i / A s d d).
  assert (E : forall i, (i < d)%nat -> ex_derive (fun s => edge s i) t).
  { intros a Ha. apply Q. apply ex_derive_sumn. intros b Hb.
    apply (ex_derive_mult (fun s => inverse d (schur d (A s)) a b)); [now apply IH|apply G; lia]. }
  assert (C : ex_derive (fun s => (1 + dot d (A s d) (edge s)) / A s d d) t).
  { apply Q. apply (ex_derive_plus (fun _ => 1)); [apply ex_derive_const|].
    apply ex_derive_sumn. intros b Hb. apply (ex_derive_mult (fun s => A s d b)); [apply G; lia|now apply E]. }
  change (ex_derive (fun s => if Nat.eqb i d then if Nat.eqb j d then (1 + dot d (A s d) (edge s)) / A s d d
      else - edge s j else if Nat.eqb j d then - edge s i else inverse d (schur d (A s)) i j) t).
  destruct (Nat.eqb_spec i d), (Nat.eqb_spec j d); [exact C| | |apply IH; lia];
    apply (ex_derive_opp (fun s => edge s _)); apply E; lia.
Qed.

(* d/dt A^-1 = - A^-1 A' A^-1. *)
Theorem inverse_derivative d A dA :
  (forall s, symmetric (A s)) -> locally t (fun s => positive d (A s)) -> differentiable d A dA ->
  forall i j, (i < d)%nat -> (j < d)%nat ->
  is_derive (fun s => inverse d (A s) i j) t
    (- product d (inverse d (A t)) (product d dA (inverse d (A t))) i j).
Proof.
  intros S P H i j Hi Hj. assert (Pt := locally_singleton _ _ P).
  set (B := fun s => inverse d (A s)). set (dB := fun i j => Derive (fun s => B s i j) t).
  assert (D : forall i j, (i < d)%nat -> (j < d)%nat -> is_derive (fun s => B s i j) t (dB i j)).
  { intros a b Ha Hb. apply Derive_correct. now apply (inverse_differentiable d A dA). }
  (* the derivative of A A^-1 = I *)
  assert (Z : forall i j, (i < d)%nat -> (j < d)%nat ->
    sumn d (fun k => dA i k * B t k j) + sumn d (fun k => A t i k * dB k j) = 0).
  { intros a b Ha Hb. rewrite <- sumn_plus.
    rewrite <- (Derive_value (fun s => product d (A s) (B s) a b) t _
       (is_derive_sumn d (fun k s => A s a k * B s k b) (fun k => dA a k * B t k b + A t a k * dB k b) t
          (fun k Hk => is_derive_product _ _ _ _ _ (H a k Ha Hk) (D k b Hk Hb)))).
    apply Derive_value. apply is_derive_ext_loc with (fun _ => kronecker a b); [|apply (is_derive_const (kronecker a b))].
    revert P. apply filter_imp. intros s Ps. symmetry. now apply inverse_right. }
  eapply is_derive_eq; [now apply D|].
  rewrite <- (sumn_kronecker d i (fun k => dB k j) Hi).
  rewrite (sumn_ext d _ (fun k => product d (B t) (A t) i k * dB k j)).
  2:{ intros k Hk. unfold B. now rewrite (inverse_left d (A t) (S t) Pt i k Hi Hk). }
  unfold product. rewrite <- sumn_opp.
  rewrite (sumn_ext d _ (fun k => sumn d (fun l => B t i l * A t l k * dB k j))).
  2:{ intros k _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring. }
  rewrite sumn_swap. apply sumn_ext. intros l Hl.
  assert (E := Z l j Hl Hj). fold (B t).
  rewrite (sumn_ext d (fun k => B t i l * A t l k * dB k j) (fun k => B t i l * (A t l k * dB k j)))
    by (intros; ring).
  rewrite sumn_scal. replace (sumn d (fun k => A t l k * dB k j)) with (- sumn d (fun k => dA l k * B t k j)) by lra.
  ring.
Qed.

(* Jacobi: d/dt log det A = tr(A^-1 A'). *)
Theorem log_determinant_derivative d : forall A dA,
  (forall s, symmetric (A s)) -> symmetric dA -> positive d (A t) -> differentiable d A dA ->
  is_derive (fun s => log_determinant d (A s)) t (sumn d (fun i => product d (inverse d (A t)) dA i i)).
Proof.
  induction d; intros A dA S S' P H; [apply (is_derive_const 0)|].
  assert (P0 := positive_pivot d (A t) (S t) P). assert (H0 : A t d d <> 0) by lra.
  assert (SS : symmetric (schur_derivative d (A t) dA)).
  { intros i j. unfold schur_derivative. rewrite (S' i j), (S' i d), (S' d j), (S t i d), (S t d j).
    unfold Rdiv. ring. }
  assert (IH := IHd (fun s => schur d (A s)) _ (fun s => schur_symmetric d _ (S s)) SS
                  (schur_positive d _ (S t) P) (schur_differentiable d A dA H H0)).
  simpl log_determinant. eapply is_derive_eq.
  { apply is_derive_sum; [|exact IH]. apply is_derive_ln_comp; [apply H; lia|easy]. }
  set (B := inverse d (schur d (A t))) in *. set (c := A t d d) in *.
  assert (BS : symmetric B) by (apply inverse_symmetric, schur_symmetric, S).
  set (edge := fun i => apply_matrix d B (fun j => A t j d) i / c).
  set (entry := fun i j => if Nat.eqb i d then if Nat.eqb j d then (1 + dot d (A t d) edge) / c
        else - edge j else if Nat.eqb j d then - edge i else B i j).
  change (inverse (Datatypes.S d) (A t)) with entry.
  assert (R : sumn (Datatypes.S d) (fun i => product (Datatypes.S d) entry dA i i)
    = sumn d (fun i => sumn d (fun j => B i j * dA j i)) - 2 * sumn d (fun i => edge i * dA d i)
      + (1 + dot d (A t d) edge) / c * dA d d).
  { unfold product. simpl.
    rewrite (sumn_ext d (fun i => sumn d (fun k => entry i k * dA k i) + entry i d * dA d i)
              (fun i => sumn d (fun j => B i j * dA j i) + (-1) * (edge i * dA d i))).
    - rewrite sumn_plus, sumn_scal.
      rewrite (sumn_ext d (fun k => entry d k * dA k d) (fun k => (-1) * (edge k * dA d k))).
      + rewrite sumn_scal. unfold entry. rewrite Nat.eqb_refl. ring.
      + intros k Hk. unfold entry. rewrite Nat.eqb_refl, (proj2 (Nat.eqb_neq k d)), (S' k d) by lia. ring.
    - intros i Hi. unfold entry. rewrite (proj2 (Nat.eqb_neq i d)), Nat.eqb_refl by lia.
      rewrite (sumn_ext d _ (fun j => B i j * dA j i)); [ring|].
      intros j Hj. now rewrite (proj2 (Nat.eqb_neq j d)) by lia. }
  rewrite R. clear R. unfold product, schur_derivative. fold c.
  assert (B1 : forall i, sumn d (fun j => B i j * A t j d) = c * edge i).
  { intros i. unfold edge, apply_matrix. field. exact H0. }
  assert (F1 : sumn d (fun i => sumn d (fun j => B i j * (dA j d * A t d i))) = c * sumn d (fun i => edge i * dA d i)).
  { rewrite sumn_swap, <- sumn_scal. apply sumn_ext. intros j _.
    transitivity (dA d j * sumn d (fun i => B j i * A t i d)); [|rewrite B1; ring].
    rewrite <- sumn_scal. apply sumn_ext. intros i _. rewrite (BS i j), (S' j d), (S t d i). ring. }
  assert (F2 : sumn d (fun i => sumn d (fun j => B i j * (A t j d * dA d i))) = c * sumn d (fun i => edge i * dA d i)).
  { rewrite <- sumn_scal. apply sumn_ext. intros i _.
    transitivity (dA d i * sumn d (fun j => B i j * A t j d)); [|rewrite B1; ring].
    rewrite <- sumn_scal. apply sumn_ext. intros j _. ring. }
  assert (F3 : sumn d (fun i => sumn d (fun j => B i j * (A t j d * A t d i))) = c * dot d (A t d) edge).
  { unfold dot. rewrite <- sumn_scal. apply sumn_ext. intros i _.
    transitivity (A t d i * sumn d (fun j => B i j * A t j d)); [|rewrite B1; ring].
    rewrite <- sumn_scal. apply sumn_ext. intros j _. ring. }
  rewrite (sumn_ext d (fun i => sumn d (fun k => B i k * (dA k i - _ / c + _)))
    (fun i => sumn d (fun j => B i j * dA j i)
       + ((- (1 / c)) * sumn d (fun j => B i j * (dA j d * A t d i))
       + ((- (1 / c)) * sumn d (fun j => B i j * (A t j d * dA d i))
       + dA d d / (c * c) * sumn d (fun j => B i j * (A t j d * A t d i)))))).
  2:{ intros i _. rewrite <- !sumn_scal, <- !sumn_plus. apply sumn_ext. intros j _. field. exact H0. }
  rewrite !sumn_plus, !sumn_scal, F1, F2, F3. field. exact H0.
Qed.
End Moving.

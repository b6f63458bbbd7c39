(* Symmetric positive definite matrices by elimination: inverse, logarithm of the determinant, and how both
   change with the matrix. A matrix of order d is a function [nat -> nat -> R] read below d. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives.
Open Scope R_scope.

Notation mat := (nat -> nat -> R).

Definition apply_matrix d (A : mat) (x : vec) : vec := fun i => sumn d (fun j => A i j * x j).
Definition product d (A B : mat) : mat := fun i j => sumn d (fun k => A i k * B k j).
Definition quadratic d (A : mat) (x : vec) : R := sumn d (fun i => x i * apply_matrix d A x i).
Definition symmetric (A : mat) := forall i j, A i j = A j i.
Definition nonnegative d (A : mat) := forall x, 0 <= quadratic d A x.
Definition positive d (A : mat) := forall x, (exists i, (i < d)%nat /\ x i <> 0) -> 0 < quadratic d A x.

(* What is left of a matrix of order S d when its last row and column are eliminated. *)
Definition schur d (A : mat) : mat := fun i j => A i j - A i d * A d j / A d d.

(* The inverse, block by block. *)
Fixpoint inverse d (A : mat) : mat :=
  match d with
  | O => fun _ _ => 0
  | S k =>
      let rest := inverse k (schur k A) in
      let edge := fun i => apply_matrix k rest (fun j => A j k) i / A k k in
      fun i j =>
        if Nat.eqb i k then if Nat.eqb j k then (1 + dot k (A k) edge) / A k k else - edge j
        else if Nat.eqb j k then - edge i else rest i j
  end.

(* log det A: the logarithms of the pivots. *)
Fixpoint log_determinant d (A : mat) : R :=
  match d with O => 0 | S k => ln (A k k) + log_determinant k (schur k A) end.

Lemma kronecker_same i : kronecker i i = 1.
Proof. unfold kronecker. now rewrite Nat.eqb_refl. Qed.

Lemma kronecker_sym i j : kronecker i j = kronecker j i.
Proof. unfold kronecker. now rewrite Nat.eqb_sym. Qed.

Lemma sumn_kronecker d i f : (i < d)%nat -> sumn d (fun j => kronecker i j * f j) = f i.
Proof.
  intros Hi. rewrite <- (sumn_delta d i (f i) Hi). apply sumn_ext. intros j _. unfold kronecker.
  rewrite Nat.eqb_sym. destruct (Nat.eqb_spec j i) as [->|]; ring.
Qed.

Lemma schur_symmetric d A : symmetric A -> symmetric (schur d A).
Proof. intros H i j. unfold schur. rewrite (H i j), (H i d), (H d j). unfold Rdiv. ring. Qed.

(* The quadratic form with its last variable split off. *)
Lemma quadratic_split d A x : symmetric A ->
  quadratic (S d) A x = quadratic d A x + 2 * x d * dot d (A d) x + A d d * (x d * x d).
Proof.
  intros H. unfold quadratic, apply_matrix, dot. simpl.
  rewrite (sumn_ext d (fun i => x i * (sumn d (fun j => A i j * x j) + A i d * x d))
            (fun i => x i * sumn d (fun j => A i j * x j) + x d * (A d i * x i))).
  - rewrite sumn_plus, sumn_scal. ring.
  - intros i _. rewrite (H i d). ring.
Qed.

Lemma quadratic_ext d A x y : (forall i, (i < d)%nat -> x i = y i) -> quadratic d A x = quadratic d A y.
Proof.
  intros H. unfold quadratic, apply_matrix. apply sumn_ext. intros i Hi. rewrite H by easy. f_equal.
  apply sumn_ext. intros j Hj. now rewrite H.
Qed.

Lemma quadratic_schur d A x : symmetric A -> A d d <> 0 ->
  quadratic d (schur d A) x = quadratic d A x - dot d (A d) x * dot d (A d) x / A d d.
Proof.
  intros H H0. unfold quadratic, apply_matrix, schur, dot. unfold Rminus, Rdiv.
  rewrite (sumn_ext d _ (fun i => x i * sumn d (fun j => A i j * x j)
      + (- (sumn d (fun j => A d j * x j) / A d d)) * (A d i * x i))).
  - rewrite sumn_plus, sumn_scal. field. easy.
  - intros i _.
    rewrite (sumn_ext d _ (fun j => A i j * x j + (- (A d i / A d d)) * (A d j * x j))).
    + rewrite sumn_plus, sumn_scal. field. easy.
    + intros j _. rewrite (H i d). field. easy.
Qed.

Lemma positive_pivot d A : symmetric A -> positive (S d) A -> 0 < A d d.
Proof.
  intros H P. assert (Q := P (kronecker d)). rewrite quadratic_split in Q by easy.
  rewrite kronecker_same in Q. unfold dot in Q.
  rewrite (sumn_ext d _ (fun _ => 0)) in Q.
  2:{ intros i Hi. unfold kronecker. rewrite (proj2 (Nat.eqb_neq d i)) by lia. ring. }
  rewrite (quadratic_ext d A _ (fun _ => 0)) in Q.
  2:{ intros i Hi. unfold kronecker. now rewrite (proj2 (Nat.eqb_neq d i)) by lia. }
  unfold quadratic in Q. rewrite (sumn_ext d (fun i => 0 * _) (fun _ => 0)), !sumn_zero in Q
    by (intros; ring).
  assert (0 < 0 + 2 * 1 * 0 + A d d * (1 * 1)).
  { apply Q. exists d. split; [lia|]. rewrite kronecker_same. lra. }
  lra.
Qed.

Lemma schur_positive d A : symmetric A -> positive (S d) A -> positive d (schur d A).
Proof.
  intros H P x (i & Hi & Hx). assert (H0 := positive_pivot d A H P).
  set (y := upd x d (- (dot d (A d) x / A d d))).
  assert (E : forall j, (j < d)%nat -> y j = x j) by (intros; unfold y; apply upd_other; lia).
  assert (Q : 0 < quadratic (S d) A y).
  { apply P. exists i. split; [lia|]. now rewrite E. }
  rewrite quadratic_split, (quadratic_ext d A y x E) in Q by easy.
  assert (Ed : dot d (A d) y = dot d (A d) x) by (apply sumn_ext; intros; now rewrite E).
  rewrite Ed in Q. unfold y in Q. rewrite upd_same in Q.
  rewrite quadratic_schur by (easy || lra).
  match type of Q with 0 < ?e => replace e with (quadratic d A x - dot d (A d) x * dot d (A d) x / A d d) in Q end.
  - exact Q.
  - field. lra.
Qed.

Lemma inverse_symmetric d : forall A, symmetric A -> symmetric (inverse d A).
Proof.
  induction d; intros A H i j; [easy|]. simpl.
  assert (R := IHd _ (schur_symmetric d A H)).
  destruct (Nat.eqb_spec i d), (Nat.eqb_spec j d); auto; f_equal.
Qed.

(* A A^-1 = I. *)
Lemma inverse_right d : forall A, symmetric A -> positive d A ->
  forall i j, (i < d)%nat -> (j < d)%nat -> product d A (inverse d A) i j = kronecker i j.
Proof.
  induction d; intros A H P i j Hi Hj; [lia|].
  assert (H0 := positive_pivot d A H P). assert (HS := schur_symmetric d A H).
  assert (IH := IHd _ HS (schur_positive d A H P)).
  set (B := inverse d (schur d A)) in *.
  set (edge := fun i => apply_matrix d B (fun j => A j d) i / A d d).
  assert (BS : symmetric B) by (apply inverse_symmetric, HS).
  (* A_ll B = I + b (row of edges), l the last index *)
  assert (K : forall i j, (i < d)%nat -> (j < d)%nat ->
    sumn d (fun k => A i k * B k j) = kronecker i j + A i d * edge j).
  { intros a b Ha Hb. rewrite <- (IH a b Ha Hb). unfold product, edge, apply_matrix, schur, Rdiv.
    rewrite (Rmult_comm (sumn d _) (/ A d d)), <- !sumn_scal, <- sumn_plus. apply sumn_ext. intros k _.
    rewrite (BS b k), (H k d). field. lra. }
  assert (KL : forall j, (j < d)%nat -> sumn d (fun k => A d k * B k j) = A d d * edge j).
  { intros b Hb. unfold edge, apply_matrix. transitivity (sumn d (fun k => B b k * A k d)); [|field; lra].
    apply sumn_ext. intros k _. rewrite (BS b k), (H k d). ring. }
  assert (KE : forall i, (i < d)%nat -> sumn d (fun k => A i k * edge k)
    = (A i d + A i d * dot d (A d) edge) / A d d).
  { intros a Ha. unfold edge at 1, apply_matrix.
    transitivity (/ A d d * sumn d (fun k => sumn d (fun l => A a k * B k l * A l d))).
    { rewrite <- sumn_scal. apply sumn_ext. intros k _.
      rewrite (sumn_ext d (fun l => A a k * B k l * A l d) (fun l => A a k * (B k l * A l d))) by (intros; ring).
      rewrite sumn_scal. field. lra. }
    rewrite sumn_swap.
    rewrite (sumn_ext d _ (fun l => kronecker a l * A l d + A a d * (A d l * edge l))).
    - rewrite sumn_plus, sumn_scal, sumn_kronecker by easy. unfold dot. field. lra.
    - intros l Hl. rewrite (sumn_ext d _ (fun k => A l d * (A a k * B k l))) by (intros; ring).
      rewrite sumn_scal, (K a l Ha Hl), (H d l). ring. }
  set (entry := fun k => if Nat.eqb k d then if Nat.eqb j d then (1 + dot d (A d) edge) / A d d
        else - edge j else if Nat.eqb j d then - edge k else B k j).
  change (sumn d (fun k => A i k * entry k) + A i d * entry d = kronecker i j).
  assert (X : sumn d (fun k => A i k * entry k)
      = if Nat.eqb j d then - sumn d (fun k => A i k * edge k) else sumn d (fun k => A i k * B k j)).
  { unfold entry. destruct (Nat.eqb j d).
    - rewrite <- sumn_opp. apply sumn_ext. intros k Hk. rewrite (proj2 (Nat.eqb_neq k d)) by lia. ring.
    - apply sumn_ext. intros k Hk. now rewrite (proj2 (Nat.eqb_neq k d)) by lia. }
  rewrite X. unfold entry. rewrite Nat.eqb_refl. clear X entry.
  destruct (Nat.eqb_spec j d) as [->|Nj]; destruct (Nat.eq_dec i d) as [->|Ni].
  - fold (dot d (A d) edge). rewrite kronecker_same. field. lra.
  - rewrite KE by lia. unfold kronecker. rewrite (proj2 (Nat.eqb_neq i d)) by lia. field. lra.
  - rewrite KL by lia. unfold kronecker. rewrite (proj2 (Nat.eqb_neq d j)) by lia. ring.
  - rewrite K by lia. ring.
Qed.

(* A^-1 A = I. *)
Lemma inverse_left d A : symmetric A -> positive d A ->
  forall i j, (i < d)%nat -> (j < d)%nat -> product d (inverse d A) A i j = kronecker i j.
Proof.
  intros H P i j Hi Hj. rewrite kronecker_sym, <- (inverse_right d A H P j i Hj Hi).
  apply sumn_ext. intros k _. rewrite (inverse_symmetric d A H i k), (H k j). ring.
Qed.

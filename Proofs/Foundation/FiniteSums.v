(* Finite sums, products and vectors. A vector of R^d is a function [nat -> R] of which only the
   coordinates below d are read; [upd x i y] is x with coordinate i replaced by y, so that
   [fun y => f (upd x i y)] is f as a function of its i-th coordinate alone. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

Notation vec := (nat -> R).

Fixpoint sumn (n : nat) (f : nat -> R) : R :=
  match n with O => 0 | S k => sumn k f + f k end.
Fixpoint prodn (n : nat) (f : nat -> R) : R :=
  match n with O => 1 | S k => prodn k f * f k end.

Definition kronecker (i j : nat) : R := if Nat.eqb i j then 1 else 0.
Definition dot d (a b : vec) := sumn d (fun i => a i * b i).
Definition upd (x : vec) (i : nat) (y : R) : vec :=
  fun j => if Nat.eqb j i then y else x j.

Lemma upd_same x i y : upd x i y i = y.
Proof. unfold upd; now rewrite Nat.eqb_refl. Qed.

Lemma upd_other x i y j : j <> i -> upd x i y j = x j.
Proof. intros H; unfold upd; now rewrite (proj2 (Nat.eqb_neq j i) H). Qed.

Lemma upd_id x i : upd x i (x i) = x.
Proof.
  apply functional_extensionality; intros j; unfold upd.
  destruct (Nat.eqb_spec j i); congruence.
Qed.

Lemma sumn_ext n f g : (forall i, (i < n)%nat -> f i = g i) -> sumn n f = sumn n g.
Proof.
  induction n; simpl; intros H; [easy|].
  rewrite IHn, H; auto with arith.
Qed.

Lemma sumn_plus n f g : sumn n (fun i => f i + g i) = sumn n f + sumn n g.
Proof. induction n; simpl; [ring|rewrite IHn; ring]. Qed.

Lemma sumn_scal n c f : sumn n (fun i => c * f i) = c * sumn n f.
Proof. induction n; simpl; [ring|rewrite IHn; ring]. Qed.

Lemma sumn_zero n : sumn n (fun _ => 0) = 0.
Proof. induction n; simpl; [easy|rewrite IHn; ring]. Qed.

Lemma sumn_opp n f : sumn n (fun i => - f i) = - sumn n f.
Proof. induction n; simpl; [ring|rewrite IHn; ring]. Qed.

Lemma sumn_minus n f g : sumn n (fun i => f i - g i) = sumn n f - sumn n g.
Proof. induction n; simpl; [ring|rewrite IHn; ring]. Qed.

Lemma sumn_swap n m (f : nat -> nat -> R) :
  sumn n (fun i => sumn m (fun j => f i j)) = sumn m (fun j => sumn n (fun i => f i j)).
Proof.
  induction n; simpl; [now rewrite sumn_zero|].
  now rewrite IHn, sumn_plus.
Qed.

Lemma sumn_le n f g : (forall i, (i < n)%nat -> f i <= g i) -> sumn n f <= sumn n g.
Proof.
  induction n; simpl; intros H; [lra|].
  apply Rplus_le_compat; auto with arith.
Qed.

Lemma sumn_nonneg n f : (forall i, (i < n)%nat -> 0 <= f i) -> 0 <= sumn n f.
Proof. intros H; rewrite <- (sumn_zero n); now apply sumn_le. Qed.

Lemma sumn_pos n f k :
  (forall i, (i < n)%nat -> 0 <= f i) -> (k < n)%nat -> 0 < f k -> 0 < sumn n f.
Proof.
  induction n; intros H Hk Hp; [lia|simpl].
  destruct (Nat.eq_dec k n) as [->|].
  - assert (0 <= sumn n f) by (apply sumn_nonneg; auto with arith). lra.
  - assert (0 < sumn n f) by (apply IHn; [auto with arith|lia|easy]).
    assert (0 <= f n) by auto with arith. lra.
Qed.

Lemma prodn_ext n f g : (forall i, (i < n)%nat -> f i = g i) -> prodn n f = prodn n g.
Proof.
  induction n; simpl; intros H; [easy|].
  rewrite IHn, H; auto with arith.
Qed.

Lemma prodn_pos n f : (forall i, (i < n)%nat -> 0 < f i) -> 0 < prodn n f.
Proof.
  induction n; simpl; intros H; [lra|].
  apply Rmult_lt_0_compat; auto with arith.
Qed.

(* A product in which one factor changed. *)
Lemma prodn_upd n f g k :
  (k < n)%nat -> f k <> 0 ->
  (forall i, (i < n)%nat -> i <> k -> g i = f i) ->
  prodn n g = prodn n f / f k * g k.
Proof.
  induction n; intros Hk Hf H; [lia|simpl].
  destruct (Nat.eq_dec k n) as [->|].
  - rewrite (prodn_ext n g f) by (intros; apply H; lia). now field.
  - rewrite IHn by (try lia; auto with arith).
    rewrite (H n) by lia. now field.
Qed.

(* finite sums and products of differentiable functions *)
Lemma is_derive_sumn n (f : nat -> R -> R) (df : nat -> R) x :
  (forall i, (i < n)%nat -> is_derive (f i) x (df i)) ->
  is_derive (fun y => sumn n (fun i => f i y)) x (sumn n df).
Proof.
  induction n; simpl; intros H.
  - apply (is_derive_const 0).
  - apply (is_derive_plus (fun y => sumn n (fun i => f i y)) (f n)); auto with arith.
Qed.

Lemma is_derive_prodn n (f : nat -> R -> R) (df : nat -> R) x :
  (forall i, (i < n)%nat -> is_derive (f i) x (df i)) ->
  (forall i, (i < n)%nat -> f i x <> 0) ->
  is_derive (fun y => prodn n (fun i => f i y)) x
            (prodn n (fun i => f i x) * sumn n (fun i => df i / f i x)).
Proof.
  induction n; simpl; intros H H0.
  - replace (1 * 0) with 0 by ring. apply (is_derive_const 1).
  - evar_last.
    + apply (is_derive_mult (fun y => prodn n (fun i => f i y)) (f n)).
      * apply IHn; auto with arith.
      * apply H; auto with arith.
      * intros; apply Rmult_comm.
    + unfold plus, mult; simpl. field. auto with arith.
Qed.

(* The derivative's value may be rewritten. *)
Lemma is_derive_eq (f : R -> R) (x l l' : R) : is_derive f x l -> l = l' -> is_derive f x l'.
Proof. now intros H <-. Qed.

Lemma Derive_value (f : R -> R) (x l : R) : is_derive f x l -> Derive f x = l.
Proof. apply is_derive_unique. Qed.

Lemma div_cancel (P I : R) : P <> 0 -> I = P * (I / P).
Proof. intros; now field. Qed.

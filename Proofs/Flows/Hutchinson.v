(* Hutchinson's estimate of a trace: e . A e for a random probe e with independent coordinates. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums.
Open Scope R_scope.

(* One coordinate takes the value [atom a] with probability [mass a]; the coordinates are independent. *)
Section Probe.
Variable atoms : nat.
Variables atom mass : nat -> R.
Hypothesis total : sumn atoms mass = 1.
Hypothesis mean : sumn atoms (fun a => mass a * atom a) = 0.
Hypothesis second : sumn atoms (fun a => mass a * (atom a * atom a)) = 1.

(* E[e_i^k]. *)
Definition moment (k : nat) : R := sumn atoms (fun a => mass a * atom a ^ k).

(* Expectation over a probe in R^d: one coordinate after the other. *)
Fixpoint expect (d : nat) (f : vec -> R) : R :=
  match d with
  | O => f (fun _ => 0)
  | S k => expect k (fun e => sumn atoms (fun a => mass a * f (upd e k (atom a))))
  end.

Definition quadratic d (A : nat -> nat -> R) (e : vec) : R :=
  sumn d (fun i => sumn d (fun j => e i * A i j * e j)).
Definition trace d (A : nat -> nat -> R) : R := sumn d (fun i => A i i).

(* [reads d f]: f depends on the first d coordinates only. *)
Definition reads (d : nat) (f : vec -> R) := forall e e', (forall i, (i < d)%nat -> e i = e' i) -> f e = f e'.

Lemma expect_ext d f g : (forall e, f e = g e) -> expect d f = expect d g.
Proof.
  revert f g. induction d; intros f g H; simpl; [apply H|].
  apply IHd. intros e. apply sumn_ext. intros. now rewrite H.
Qed.

Lemma expect_plus d f g : expect d (fun e => f e + g e) = expect d f + expect d g.
Proof.
  revert f g. induction d; intros f g; simpl; [easy|]. rewrite <- IHd. apply expect_ext. intros e.
  rewrite <- sumn_plus. apply sumn_ext. intros; ring.
Qed.

Lemma expect_scal d c f : expect d (fun e => c * f e) = c * expect d f.
Proof.
  revert f. induction d; intros f; simpl; [easy|]. rewrite <- IHd. apply expect_ext. intros e.
  rewrite <- sumn_scal. apply sumn_ext. intros; ring.
Qed.

Lemma expect_const d c : expect d (fun _ => c) = c.
Proof.
  induction d; simpl; [easy|]. transitivity (expect d (fun _ => c)); [|exact IHd].
  apply expect_ext. intros e.
  rewrite (sumn_ext atoms _ (fun a => c * mass a)) by (intros; ring). rewrite sumn_scal, total. ring.
Qed.

Lemma reads_upd d f e y : reads d f -> f (upd e d y) = f e.
Proof. intros H. apply H. intros i Hi. apply upd_other. lia. Qed.

(* A polynomial in the new coordinate, coefficients read from the old ones. *)
Lemma coordinate_moments c0 c1 c2 c3 c4 :
  sumn atoms (fun a => mass a * (c0 + c1 * atom a + c2 * (atom a * atom a)
     + c3 * (atom a * atom a * atom a) + c4 * (atom a * atom a * (atom a * atom a))))
  = c0 + c2 + c3 * moment 3 + c4 * moment 4.
Proof.
  rewrite (sumn_ext atoms _ (fun a => (((c0 * mass a + c1 * (mass a * atom a))
    + c2 * (mass a * (atom a * atom a))) + c3 * (mass a * atom a ^ 3))
    + c4 * (mass a * atom a ^ 4))) by (intros; ring).
  rewrite !sumn_plus, !sumn_scal, total, mean, second. fold (moment 3) (moment 4). ring.
Qed.

Definition linear d (A : nat -> nat -> R) (e : vec) : R := sumn d (fun i => e i * (A i d + A d i)).

Lemma reads_quadratic d A : reads d (quadratic d A).
Proof.
  intros e e' H. unfold quadratic. apply sumn_ext; intros i Hi. apply sumn_ext; intros j Hj.
  now rewrite !H.
Qed.

Lemma reads_linear d A : reads d (linear d A).
Proof. intros e e' H. unfold linear. apply sumn_ext; intros i Hi. now rewrite H. Qed.

Lemma quadratic_step d A e y :
  quadratic (S d) A (upd e d y) = quadratic d A e + y * linear d A e + A d d * (y * y).
Proof.
  rewrite <- (reads_upd d (quadratic d A) e y) by apply reads_quadratic.
  rewrite <- (reads_upd d (linear d A) e y) by apply reads_linear.
  unfold quadratic, linear; simpl. rewrite upd_same, sumn_plus.
  rewrite (sumn_ext d (fun i => upd e d y i * (A i d + A d i))
             (fun i => upd e d y i * A i d + A d i * upd e d y i)) by (intros; ring).
  rewrite sumn_plus, Rmult_plus_distr_l, <- !sumn_scal.
  rewrite (sumn_ext d (fun i => upd e d y i * A i d * y) (fun i => y * (upd e d y i * A i d))) by (intros; ring).
  rewrite (sumn_ext d (fun j => y * A d j * upd e d y j) (fun j => y * (A d j * upd e d y j))) by (intros; ring).
  ring.
Qed.

(* E[e . A e] = tr A: unbiased for every probe with mean 0 and variance 1. *)
Theorem hutchinson_unbiased d A : expect d (quadratic d A) = trace d A.
Proof.
  induction d; [reflexivity|].
  change (expect d (fun e => sumn atoms (fun a => mass a * quadratic (S d) A (upd e d (atom a)))) = trace (S d) A).
  rewrite (expect_ext d _ (fun e => quadratic d A e + A d d)).
  - rewrite expect_plus, expect_const, IHd. reflexivity.
  - intros e. transitivity (quadratic d A e + A d d + 0 * moment 3 + 0 * moment 4); [|ring].
    rewrite <- (coordinate_moments (quadratic d A e) (linear d A e) (A d d) 0 0).
    apply sumn_ext. intros a _. rewrite quadratic_step. ring.
Qed.

Definition form d (c : nat -> R) (e : vec) : R := sumn d (fun i => e i * c i).

Lemma form_square d c : expect d (fun e => form d c e * form d c e) = sumn d (fun i => c i * c i).
Proof.
  induction d; [unfold form; simpl; ring|].
  change (expect d (fun e => sumn atoms (fun a => mass a *
    (form (S d) c (upd e d (atom a)) * form (S d) c (upd e d (atom a))))) = sumn (S d) (fun i => c i * c i)).
  rewrite (expect_ext d _ (fun e => form d c e * form d c e + c d * c d)).
  - rewrite expect_plus, expect_const, IHd. reflexivity.
  - intros e. transitivity (form d c e * form d c e + c d * c d + 0 * moment 3 + 0 * moment 4); [|ring].
    rewrite <- (coordinate_moments (form d c e * form d c e) (2 * form d c e * c d) (c d * c d) 0 0).
    apply sumn_ext. intros a _.
    assert (E : form (S d) c (upd e d (atom a)) = form d c e + atom a * c d).
    { unfold form; simpl. rewrite upd_same. f_equal. apply sumn_ext. intros i Hi.
      rewrite upd_other by lia. reflexivity. }
    rewrite E. ring.
Qed.

Lemma form_mean d c : expect d (form d c) = 0.
Proof.
  induction d; [reflexivity|].
  change (expect d (fun e => sumn atoms (fun a => mass a * form (S d) c (upd e d (atom a)))) = 0).
  rewrite (expect_ext d _ (form d c)); [exact IHd|]. intros e.
  transitivity (form d c e + 0 + 0 * moment 3 + 0 * moment 4); [|ring].
  rewrite <- (coordinate_moments (form d c e) (c d) 0 0 0). apply sumn_ext. intros a _.
  assert (E : form (S d) c (upd e d (atom a)) = form d c e + atom a * c d).
  { unfold form; simpl. rewrite upd_same. f_equal. apply sumn_ext. intros i Hi. rewrite upd_other by lia. reflexivity. }
  rewrite E. ring.
Qed.

(* Var(e . A e) = sum_{i<j} (A_ij + A_ji)^2 + (kappa - 1) sum_i A_ii^2, kappa = E[e_i^4]; the third
   moment does not matter. *)
Definition off_diagonal d (A : nat -> nat -> R) : R :=
  sumn d (fun j => sumn j (fun i => (A i j + A j i) * (A i j + A j i))).

(* E[(e . A e - tr A)^2] = sum_{i<j} (A_ij + A_ji)^2 + (kappa - 1) sum_i A_ii^2. *)
Theorem hutchinson_variance d A :
  expect d (fun e => (quadratic d A e - trace d A) * (quadratic d A e - trace d A))
  = off_diagonal d A + (moment 4 - 1) * sumn d (fun i => A i i * A i i).
Proof.
  induction d; [unfold off_diagonal, quadratic, trace; simpl; ring|].
  change (expect d (fun e => sumn atoms (fun a => mass a *
    ((quadratic (S d) A (upd e d (atom a)) - trace (S d) A)
     * (quadratic (S d) A (upd e d (atom a)) - trace (S d) A))))
    = off_diagonal (S d) A + (moment 4 - 1) * sumn (S d) (fun i => A i i * A i i)).
  rewrite (expect_ext d _ (fun e => ((quadratic d A e - trace d A) * (quadratic d A e - trace d A)
     + form d (fun i => A i d + A d i) e * form d (fun i => A i d + A d i) e)
     + 2 * A d d * moment 3 * form d (fun i => A i d + A d i) e
     + (moment 4 - 1) * (A d d * A d d))).
  - rewrite !expect_plus, expect_scal, expect_const, IHd, form_square, form_mean. unfold off_diagonal; simpl. ring.
  - intros e. change (form d (fun i => A i d + A d i) e) with (linear d A e).
    set (Q := quadratic d A e - trace d A). set (L := linear d A e). set (a := A d d).
    transitivity ((Q - a) * (Q - a) + (L * L + 2 * (Q - a) * a) + 2 * L * a * moment 3 + a * a * moment 4); [|ring].
    rewrite <- (coordinate_moments ((Q - a) * (Q - a)) (2 * (Q - a) * L) (L * L + 2 * (Q - a) * a) (2 * L * a) (a * a)).
    apply sumn_ext. intros b _. rewrite quadratic_step. fold L a.
    replace (trace (S d) A) with (trace d A + a) by reflexivity.
    replace (quadratic d A e) with (Q + trace d A) by (unfold Q; ring). ring.
Qed.
End Probe.

(* Signs +1 and -1 with probability 1/2 each. *)
Definition sign (a : nat) : R := if Nat.eqb a 0 then 1 else -1.
Definition half (a : nat) : R := / 2.
Definition rademacher := expect 2 sign half.

(* E[e . A e] = tr A for random signs. *)
Theorem rademacher_unbiased d A : rademacher d (quadratic d A) = trace d A.
Proof.
  apply (hutchinson_unbiased 2 sign half); unfold sign, half; simpl; field.
Qed.

(* One Rademacher probe has variance sum_{i<j} (A_ij + A_ji)^2: the diagonal costs nothing. *)
Theorem rademacher_variance d A :
  rademacher d (fun e => (quadratic d A e - trace d A) * (quadratic d A e - trace d A)) = off_diagonal d A.
Proof.
  unfold rademacher. rewrite (hutchinson_variance 2 sign half); unfold moment, sign, half; simpl; field.
Qed.

(* With the fourth moment 3 of a normal probe the variance is 2 |sym A|_F^2. *)
Theorem normal_probe_variance_is_frobenius d A :
  off_diagonal d A + (3 - 1) * sumn d (fun i => A i i * A i i)
  = 2 * sumn d (fun i => sumn d (fun j => ((A i j + A j i) / 2) * ((A i j + A j i) / 2))).
Proof.
  unfold off_diagonal. induction d; simpl; [ring|].
  rewrite sumn_plus, !Rmult_plus_distr_l.
  rewrite (sumn_ext d (fun j => (A d j + A j d) / 2 * ((A d j + A j d) / 2))
             (fun i => (A i d + A d i) / 2 * ((A i d + A d i) / 2))) by (intros; field).
  rewrite (sumn_ext d (fun i => (A i d + A d i) / 2 * ((A i d + A d i) / 2))
             (fun i => / 4 * ((A i d + A d i) * (A i d + A d i)))) by (intros; field).
  rewrite sumn_scal.
  replace ((A d d + A d d) / 2 * ((A d d + A d d) / 2)) with (A d d * A d d) by field.
  lra.
Qed.

(* tr(A B) = tr(B A). *)
Theorem trace_cyclic d (A B : nat -> nat -> R) :
  trace d (fun i j => sumn d (fun k => A i k * B k j)) = trace d (fun i j => sumn d (fun k => B i k * A k j)).
Proof.
  unfold trace. rewrite sumn_swap. apply sumn_ext; intros i _. apply sumn_ext; intros k _. ring.
Qed.

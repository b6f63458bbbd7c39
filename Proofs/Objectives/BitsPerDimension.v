(* Bits per dimension of data in [-1, 1] that stand for 256 grey levels. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation.
Open Scope R_scope.

(* The map of Lipman et al., appendix E: grey level = 2^7 (x + 1). *)
Definition grey (x : R) := 128 * (x + 1).

(* A density f of x makes f(y/128 - 1)/128 the density of the grey level: equal mass on every interval. *)
Theorem grey_density (f : R -> R) (a b : R) : (forall x, continuous f x) ->
  RInt (fun y => f (y / 128 - 1) / 128) (grey a) (grey b) = RInt f a b.
Proof.
  intros C.
  assert (X : ex_RInt f (/ 128 * grey a + -1) (/ 128 * grey b + -1))
    by (apply (ex_RInt_continuous (V := R_CompleteNormedModule)); intros; apply C).
  rewrite (RInt_ext _ (fun y => scal (/ 128) (f (/ 128 * y + -1)))).
  - etransitivity; [exact (RInt_comp_lin (V := R_CompleteNormedModule) f (/ 128) (-1) (grey a) (grey b) X)|].
    unfold grey. f_equal; field.
  - intros y _. unfold scal; simpl; unfold mult; simpl.
    replace (y / 128 - 1) with (/ 128 * y + -1) by field. apply Rmult_comm.
Qed.

(* bits per dim = -log p/(d ln 2) + 7. *)
Theorem bits_per_dimension d p : (0 < d)%nat -> 0 < p ->
  - ln (p / 128 ^ d) / (INR d * ln 2) = - ln p / (INR d * ln 2) + 7.
Proof.
  intros Hd Hp. assert (D : 0 < INR d) by (apply lt_0_INR; lia).
  assert (L : 0 < ln 2) by (rewrite <- ln_1; apply ln_increasing; lra).
  assert (P : 0 < 128 ^ d) by (apply pow_lt; lra).
  assert (E : ln (128 ^ d) = INR d * (7 * ln 2)).
  { replace 128 with (2 ^ 7) by ring. rewrite <- pow_mult, <- Rpower_pow, ln_Rpower by lra.
    rewrite mult_INR. simpl (INR 7). ring. }
  unfold Rdiv at 2. rewrite ln_mult, ln_Rinv, E by (try apply Rinv_0_lt_compat; easy). field. lra.
Qed.

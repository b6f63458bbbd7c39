(* Classifier-free guidance as a linear combination of fields. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation.
Open Scope R_scope.

(* ---------- guidance ---------- *)
Definition guide (om u_null u_y : R) := (1 - om) * u_null + om * u_y.

Lemma guide_1 u0 uy : guide 1 u0 uy = uy.
Proof. unfold guide; ring. Qed.
Lemma guide_0 u0 uy : guide 0 u0 uy = u0.
Proof. unfold guide; ring. Qed.
Lemma guide_delta om u0 uy : guide om u0 uy = u0 + om * (uy - u0).
Proof. unfold guide; ring. Qed.
(* guidance commutes with every affine reparametrisation  V = a x + b S *)
Lemma guide_affine om a b x S0 Sy :
  guide om (a * x + b * S0) (a * x + b * Sy) = a * x + b * guide om S0 Sy.
Proof. unfold guide; ring. Qed.
(* Bayes: score_y = score + c, c = grad log p(y|x) => guided score = score + om c *)
Lemma guide_score om S0 c : guide om S0 (S0 + c) = S0 + om * c.
Proof. unfold guide; ring. Qed.
(* the guided score is the gradient of log (p^(1-om) p_y^om) *)
Theorem guided_score_is_tempered_score (p py : R -> R) (om S0 Sy x : R) :
  is_derive (fun y => ln (p y)) x S0 -> is_derive (fun y => ln (py y)) x Sy ->
  is_derive (fun y => (1 - om) * ln (p y) + om * ln (py y)) x (guide om S0 Sy).
Proof.
  intros H1 H2. unfold guide.
  apply (is_derive_plus (fun y => (1 - om) * ln (p y)) (fun y => om * ln (py y)));
    now apply is_derive_scal.
Qed.
(* the "(1 + w) cond - w uncond" convention is guide (1 + w) *)
Lemma guide_ho w u0 uy : (1 + w) * uy - w * u0 = guide (1 + w) u0 uy.
Proof. unfold guide; ring. Qed.


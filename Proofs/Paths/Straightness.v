(* The optimal-transport conditional path is a straight line run through at constant speed. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation ConditionalField PaperForms.
Open Scope R_scope.

Definition ot_path smin x1 x0 s := axis_flow (ot_mu x1) (ot_sigma smin) s x0.

Lemma ot_start smin x1 x0 : ot_path smin x1 x0 0 = x0.
Proof. unfold ot_path, axis_flow, ot_mu, ot_sigma; ring. Qed.
Lemma ot_end smin x1 x0 : ot_path smin x1 x0 1 = smin * x0 + x1.
Proof. unfold ot_path, axis_flow, ot_mu, ot_sigma; ring. Qed.

(* Lipman et al., equation 22: d/dt psi_t(x0) = x1 - (1 - smin) x0, the same at every t. *)
Theorem ot_velocity smin x1 x0 t :
  is_derive (ot_path smin x1 x0) t (x1 - (1 - smin) * x0).
Proof. unfold ot_path, axis_flow, ot_mu, ot_sigma; auto_derive; [easy|ring]. Qed.

(* u_t(psi_t(x0)) = x1 - (1 - smin) x0: the field is constant along the path (equation 23). *)
Theorem ot_field_on_path smin x1 x0 t : 1 - (1 - smin) * t <> 0 ->
  ot_field smin x1 t (ot_path smin x1 x0 t) = x1 - (1 - smin) * x0.
Proof. intros; unfold ot_field, ot_path, axis_flow, ot_mu, ot_sigma; now field. Qed.

(* d^2/dt^2 psi_t(x0) = 0: a straight line at constant speed. *)
Theorem ot_zero_acceleration smin x1 x0 t : Derive_n (ot_path smin x1 x0) 2 t = 0.
Proof.
  simpl. rewrite (Derive_ext _ (fun _ => x1 - (1 - smin) * x0)).
  - apply Derive_const.
  - intros s. apply Derive_value, ot_velocity.
Qed.

(* one Euler step of any size is exact on the conditional field *)
Theorem ot_euler_exact smin x1 x0 t h : 1 - (1 - smin) * t <> 0 ->
  ot_path smin x1 x0 t + h * ot_field smin x1 t (ot_path smin x1 x0 t)
  = ot_path smin x1 x0 (t + h).
Proof.
  intros. rewrite ot_field_on_path by easy. unfold ot_path, axis_flow, ot_mu, ot_sigma; ring.
Qed.

(* Differentiation: rules on real functions, reversed time, and derivatives under the integral sign. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums.
Open Scope R_scope.

(* ring, where Coquelicot left a structure in the type of the equation *)
Ltac real_ring := match goal with |- ?l = ?r => change (@eq R l r) end; ring.

(* f at reversed time: the derivative picks up a minus sign. *)
Lemma is_derive_reversed (f : R -> R) t df :
  is_derive f (1 - t) df -> is_derive (fun s => f (1 - s)) t (- df).
Proof.
  intros H. eapply is_derive_eq.
  - apply (is_derive_comp f (fun s => 1 - s)); [exact H|].
    instantiate (1 := -1). auto_derive; [easy|ring].
  - unfold scal; simpl; unfold mult; simpl; ring.
Qed.

(* Coquelicot's rules on real functions, without its module structures. *)
Lemma is_derive_times (f : R -> R) (x l c : R) : is_derive f x l -> is_derive (fun y => f y * c) x (l * c).
Proof. exact (is_derive_scal_l f x l c). Qed.

Lemma is_derive_factor (f : R -> R) (x l c : R) : is_derive f x l -> is_derive (fun y => c * f y) x (c * l).
Proof. exact (is_derive_scal f x c l). Qed.

Lemma is_derive_product (f g : R -> R) (x df dg : R) : is_derive f x df -> is_derive g x dg ->
  is_derive (fun y => f y * g y) x (df * g x + f x * dg).
Proof. intros Hf Hg. apply (is_derive_mult f g x df dg Hf Hg). intros; apply Rmult_comm. Qed.

Lemma is_derive_sum (f g : R -> R) (x df dg : R) : is_derive f x df -> is_derive g x dg ->
  is_derive (fun y => f y + g y) x (df + dg).
Proof. exact (is_derive_plus f g x df dg). Qed.

(* The derivative of the logarithm of a positive function. *)
Lemma is_derive_ln_comp (f : R -> R) (x df : R) :
  is_derive f x df -> 0 < f x -> is_derive (fun y => ln (f y)) x (df / f x).
Proof.
  intros H P. eapply is_derive_eq.
  - apply (is_derive_comp ln f); [|exact H].
    apply is_derive_Reals, derivable_pt_lim_ln, P.
  - unfold scal; simpl; unfold mult; simpl. field. lra.
Qed.

(* ---------- derivatives under the integral sign ---------- *)
(* the hypotheses of differentiation under the integral sign *)
Definition diff_under_int (f : R -> R -> R) (a b x : R) :=
  locally x (fun y => forall z, Rmin a b <= z <= Rmax a b -> ex_derive (fun r => f r z) y) /\
  (forall z, Rmin a b <= z <= Rmax a b ->
     continuity_2d_pt (fun r z => Derive (fun r => f r z) r) x z) /\
  locally x (fun y => ex_RInt (fun z => f y z) a b).

Lemma continuity_2d_snd (f : R -> R -> R) x y :
  continuity_2d_pt f x y -> continuous (fun v => f x v) y.
Proof.
  intros H. apply continuity_pt_filterlim. intros eps Heps.
  destruct (H (mkposreal eps Heps)) as [del Hd]. exists del; split; [apply cond_pos|].
  intros v [_ Hv]. apply Hd; [|exact Hv].
  unfold Rminus; rewrite Rplus_opp_r, Rabs_R0; apply cond_pos.
Qed.

Lemma ex_RInt_derive f a b x : diff_under_int f a b x ->
  ex_RInt (fun z => Derive (fun r => f r z) x) a b.
Proof.
  intros (_ & H & _). apply (ex_RInt_continuous (V := R_CompleteNormedModule)).
  intros z Hz. exact (continuity_2d_snd _ _ _ (H z Hz)).
Qed.

Lemma c2_fst (f : R -> R) x y : continuous f x -> continuity_2d_pt (fun u _ => f u) x y.
Proof.
  intros H. apply (continuity_1d_2d_pt_comp f (fun u _ => u)).
  - now apply continuity_pt_filterlim.
  - apply continuity_2d_pt_id1.
Qed.

Lemma c2_snd (f : R -> R) x y : continuous f y -> continuity_2d_pt (fun _ v => f v) x y.
Proof.
  intros H. apply (continuity_1d_2d_pt_comp f (fun _ v => v)).
  - now apply continuity_pt_filterlim.
  - apply continuity_2d_pt_id2.
Qed.

Lemma c2_exp (f : R -> R -> R) x y : continuity_2d_pt f x y -> continuity_2d_pt (fun u v => exp (f u v)) x y.
Proof. intros H. apply (continuity_1d_2d_pt_comp exp); [apply derivable_continuous_pt, derivable_pt_exp|easy]. Qed.

Ltac c2_basic := repeat first
  [ apply continuity_2d_pt_const | apply continuity_2d_pt_id1 | apply continuity_2d_pt_id2
  | apply continuity_2d_pt_minus | apply continuity_2d_pt_plus | apply continuity_2d_pt_opp
  | apply continuity_2d_pt_mult ].

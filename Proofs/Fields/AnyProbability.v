(* Theorem 1 for any probability over the data, given by what it does to functions: I holds of the functions that
   have a mean, E is the mean. Sums over finitely many points and integrals against a density are both such. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation ContinuityEquation.
Open Scope R_scope.

(* linear, monotone, and 1 for the constant 1 *)
Definition probability (Z : Type) (I : (Z -> R) -> Prop) (E : (Z -> R) -> R) :=
  (forall f g, I f -> I g -> I (fun z => f z + g z) /\ E (fun z => f z + g z) = E f + E g) /\
  (forall c f, I f -> I (fun z => c * f z) /\ E (fun z => c * f z) = c * E f) /\
  (I (fun _ => 1) /\ E (fun _ => 1) = 1) /\
  (forall f g, I f -> I g -> (forall z, f z <= g z) -> E f <= E g).

(* df(z) is the derivative of f(., z) at t, at a rate that does not depend on z *)
Definition derives_uniformly (Z : Type) (f : R -> Z -> R) (t : R) (df : Z -> R) := forall eps : posreal,
  locally t (fun s => forall z, Rabs (f s z - f t z - (s - t) * df z) <= eps * Rabs (s - t)).

Section Any.
Variables (Z : Type) (I : (Z -> R) -> Prop) (E : (Z -> R) -> R).
Hypothesis P : probability Z I E.

Lemma mean_plus f g : I f -> I g -> I (fun z => f z + g z) /\ E (fun z => f z + g z) = E f + E g.
Proof. apply (proj1 P). Qed.

Lemma mean_scal c f : I f -> I (fun z => c * f z) /\ E (fun z => c * f z) = c * E f.
Proof. apply (proj1 (proj2 P)). Qed.

Lemma mean_const c : I (fun _ => c) /\ E (fun _ => c) = c.
Proof.
  destruct (proj1 (proj2 (proj2 P))) as [I1 E1]. destruct (mean_scal c _ I1) as [A B].
  assert (X : (fun _ : Z => c * 1) = (fun _ => c)) by (apply functional_extensionality; intros; ring).
  rewrite X in A, B. split; [exact A|rewrite B, E1; ring].
Qed.

Lemma mean_bounded f c : I f -> (forall z, Rabs (f z) <= c) -> Rabs (E f) <= c.
Proof.
  intros If H. destruct (mean_const c) as [Ic Ec]. destruct (mean_const (- c)) as [Jc Fc].
  assert (M := proj2 (proj2 (proj2 P))). apply Rabs_le. split.
  - rewrite <- Fc. apply M; [easy|easy|]. intros z. assert (B := H z). apply Rabs_le_between in B. lra.
  - rewrite <- Ec. apply M; [easy|easy|]. intros z. assert (B := H z). apply Rabs_le_between in B. lra.
Qed.

Lemma mean_sumn n (f : nat -> Z -> R) : (forall i, (i < n)%nat -> I (f i)) ->
  I (fun z => sumn n (fun i => f i z)) /\ E (fun z => sumn n (fun i => f i z)) = sumn n (fun i => E (f i)).
Proof.
  induction n; intros H; simpl; [apply mean_const|].
  destruct IHn as [A B]; [auto|]. destruct (mean_plus _ _ A (H n ltac:(lia))) as [C D]. now rewrite D, B.
Qed.

(* d/dt E f(t, .) = E df/dt, for derivatives that are uniform over the data. *)
Theorem derivative_of_a_mean (f : R -> Z -> R) t df : (forall s, I (f s)) -> I df -> derives_uniformly Z f t df ->
  is_derive (fun s => E (f s)) t (E df).
Proof.
  intros If Id H. apply is_derive_Reals. intros eps He.
  assert (e0 : 0 < eps / 2) by lra. destruct (H (mkposreal _ e0)) as [del D]. exists del. intros h Hh Hd.
  assert (hp : 0 < Rabs h) by now apply Rabs_pos_lt.
  destruct (mean_scal (-1) _ (If t)) as [I1 E1]. destruct (mean_scal (- h) _ Id) as [I2 E2].
  destruct (mean_plus _ _ I1 I2) as [I3 E3]. destruct (mean_plus _ _ (If (t + h)) I3) as [I4 E4].
  assert (B : Rabs (E (fun z => f (t + h) z + (-1 * f t z + - h * df z))) <= eps / 2 * Rabs h).
  { apply mean_bounded; [exact I4|]. intros z. assert (T : t + h - t = h) by ring.
    assert (C := D (t + h)). unfold ball in C; simpl in C. unfold AbsRing_ball, abs, minus, plus, opp in C; simpl in C.
    change (t + h + - t) with (t + h - t) in C. rewrite T in C. specialize (C Hd z).
    replace (f (t + h) z + (-1 * f t z + - h * df z)) with (f (t + h) z - f t z - h * df z) by ring. exact C. }
  rewrite E4, E3, E2, E1 in B.
  replace ((E (f (t + h)) - E (f t)) / h - E df) with ((E (f (t + h)) + (-1 * E (f t) + - h * E df)) / h)
    by (field; exact Hh).
  unfold Rdiv. rewrite Rabs_mult, Rabs_inv. apply Rmult_lt_reg_r with (Rabs h); [exact hp|].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. nra.
Qed.

Variables (d : nat) (p : Z -> R -> vec -> R) (w : Z -> R -> vec -> vec).    (* p_t(x|z), u_t(x|z) *)
Definition mean_density (s : R) (y : vec) : R := E (fun z => p z s y).
Definition mean_velocity (s : R) (y : vec) : vec := fun i => E (fun z => p z s y * w z s y i) / mean_density s y.

(* Lipman et al., Theorem 1, for any probability over the data in R^d: u_t(x) = E[u_t(x|z) p_t(x|z)]/p_t(x)
   generates p_t(x) = E[p_t(x|z)], where each z's own pair satisfies its continuity equation with derivatives
   that are uniform over z. *)
Theorem any_probability_velocity_generates (t : R) (x : vec) (dp : Z -> R) (df : nat -> Z -> R) :
  (forall s y, I (fun z => p z s y)) -> (forall s y i, I (fun z => p z s y * w z s y i)) ->
  I dp -> (forall i, (i < d)%nat -> I (df i)) ->
  derives_uniformly Z (fun s z => p z s x) t dp ->
  (forall i, (i < d)%nat ->
     derives_uniformly Z (fun y z => p z t (upd x i y) * w z t (upd x i y) i) (x i) (df i)) ->
  (forall z, dp z + sumn d (fun i => df i z) = 0) ->
  (forall y, mean_density t y <> 0) ->
  continuity d mean_density mean_velocity t x.
Proof.
  intros Ip Iw Idp Idf Ht Hx C N. exists (E dp), (fun i => E (df i)). refine (conj _ (conj _ _)).
  - exact (derivative_of_a_mean (fun s z => p z s x) t dp (fun s => Ip s x) Idp Ht).
  - intros i Hi. apply is_derive_ext with (fun y => E (fun z => p z t (upd x i y) * w z t (upd x i y) i)).
    + intros y. unfold mean_velocity. now apply div_cancel.
    + apply (derivative_of_a_mean (fun y z => p z t (upd x i y) * w z t (upd x i y) i)); auto.
  - destruct (mean_sumn d df Idf) as [A B]. rewrite <- B. destruct (mean_plus _ _ Idp A) as [_ D]. rewrite <- D.
    transitivity (E (fun _ => 0)); [|apply mean_const]. f_equal. apply functional_extensionality. exact C.
Qed.
End Any.

(* Finitely many points with weights are a probability. *)
Theorem finite_probability n (q : nat -> R) : (forall k, (k < n)%nat -> 0 <= q k) -> sumn n q = 1 ->
  probability nat (fun _ => True) (fun f => sumn n (fun k => q k * f k)).
Proof.
  intros Hq Hq1. split; [|split; [|split]].
  - intros f g _ _. split; [easy|]. rewrite <- sumn_plus. apply sumn_ext. intros; ring.
  - intros c f _. split; [easy|]. rewrite <- sumn_scal. apply sumn_ext. intros; ring.
  - split; [easy|]. transitivity (sumn n q); [apply sumn_ext; intros; ring|exact Hq1].
  - intros f g _ _ H. apply sumn_le. intros k Hk. apply Rmult_le_compat_l; auto.
Qed.

(* A density on an interval is one: E f is the integral of q f. *)
Theorem interval_probability (a b : R) (q : R -> R) : a <= b -> (forall z, 0 <= q z) -> is_RInt q a b 1 ->
  probability R (fun f => ex_RInt (fun z => q z * f z) a b) (fun f => RInt (fun z => q z * f z) a b).
Proof.
  intros Hab Hq Hq1. split; [|split; [|split]].
  - intros f g If Ig. assert (S := is_RInt_plus _ _ _ _ _ _ (RInt_correct _ _ _ If) (RInt_correct _ _ _ Ig)).
    assert (S' : is_RInt (fun z => q z * (f z + g z)) a b
      (RInt (fun z => q z * f z) a b + RInt (fun z => q z * g z) a b)).
    { eapply is_RInt_ext; [|exact S]. intros z _. unfold plus; simpl. ring. }
    split; [eexists; exact S'|now apply is_RInt_unique].
  - intros c f If. assert (S := is_RInt_scal _ _ _ c _ (RInt_correct _ _ _ If)).
    assert (S' : is_RInt (fun z => q z * (c * f z)) a b (c * RInt (fun z => q z * f z) a b)).
    { eapply is_RInt_ext; [|exact S]. intros z _. unfold scal; simpl; unfold mult; simpl. ring. }
    split; [eexists; exact S'|now apply is_RInt_unique].
  - assert (S' : is_RInt (fun z => q z * 1) a b 1) by (eapply is_RInt_ext; [|exact Hq1]; intros; simpl; ring).
    split; [eexists; exact S'|now apply is_RInt_unique].
  - intros f g If Ig H. apply RInt_le; auto. intros z _. apply Rmult_le_compat_l; auto.
Qed.

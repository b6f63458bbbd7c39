(* Theorem 2 of Lipman et al.: L_CFM and L_FM differ by a constant, so their gradients agree; and what
   the constant is. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation.
Open Scope R_scope.

Definition norm2 d (a : vec) := dot d a a.

Lemma nrm2_sub d a b :
  norm2 d (fun i => a i - b i) = norm2 d a + ((-2) * dot d a b + norm2 d b).
Proof.
  unfold norm2, dot. rewrite <- sumn_scal, <- !sumn_plus.
  apply sumn_ext; intros; ring.
Qed.

Section Abstract.
(* Om: samples (t,x1,x);  S: what the network sees, (t,x);  see : Om -> S *)
Variables (Om S Th : Type) (see : Om -> S) (d : nat).
Variable E : (Om -> R) -> R.
Variable I : (Om -> R) -> Prop.                   (* the integrable functions *)
Hypothesis I_plus : forall f g, I f -> I g -> I (fun o => f o + g o).
Hypothesis I_scal : forall c f, I f -> I (fun o => c * f o).
Hypothesis E_plus : forall f g, I f -> I g -> E (fun o => f o + g o) = E f + E g.
Hypothesis E_scal : forall c f, I f -> E (fun o => c * f o) = c * E f.

Variable w : Om -> vec.                           (* u_t(x|x1) *)
Variable u : S -> vec.                            (* u_t(x)    *)
Variable v : Th -> S -> vec.                      (* the network *)

Definition L_CFM th := E (fun o => norm2 d (fun i => v th (see o) i - w o i)).
Definition L_FM  th := E (fun o => norm2 d (fun i => v th (see o) i - u (see o) i)).

(* u = E[w | (t,x)], tested against g *)
Definition tower (g : S -> vec) :=
  E (fun o => dot d (g (see o)) (w o)) = E (fun o => dot d (g (see o)) (u (see o))).

Hypothesis Iw : I (fun o => norm2 d (w o)).
Hypothesis Iu : I (fun o => norm2 d (u (see o))).

Lemma E_sub (g : S -> vec) (h : Om -> vec) :
  I (fun o => norm2 d (g (see o))) -> I (fun o => norm2 d (h o)) ->
  I (fun o => dot d (g (see o)) (h o)) ->
  E (fun o => norm2 d (fun i => g (see o) i - h o i)) =
  E (fun o => norm2 d (g (see o))) +
    ((-2) * E (fun o => dot d (g (see o)) (h o)) + E (fun o => norm2 d (h o))).
Proof.
  intros H1 H2 H3.
  rewrite <- (E_scal (-2) _ H3).
  rewrite <- (E_plus (fun o => (-2) * dot d (g (see o)) (h o))); auto.
  rewrite <- E_plus; auto.
  f_equal. apply functional_extensionality; intros o. apply nrm2_sub.
Qed.

(* Lipman et al., Theorem 2: L_CFM(theta) = L_FM(theta) + E|u_t(x|x1)|^2 - E|u_t(x)|^2. *)
Theorem conditional_loss_splits th :
  I (fun o => norm2 d (v th (see o))) ->
  I (fun o => dot d (v th (see o)) (w o)) ->
  I (fun o => dot d (v th (see o)) (u (see o))) ->
  tower (v th) ->
  L_CFM th = L_FM th + (E (fun o => norm2 d (w o)) - E (fun o => norm2 d (u (see o)))).
Proof.
  intros H1 H2 H3 T. unfold L_CFM, L_FM.
  rewrite (E_sub (v th) w), (E_sub (v th) (fun o => u (see o))); auto.
  unfold tower in T. rewrite T. ring.
Qed.

(* the constant is the conditional variance *)
Theorem loss_gap_is_conditional_variance :
  I (fun o => dot d (u (see o)) (w o)) -> tower u ->
  E (fun o => norm2 d (w o)) - E (fun o => norm2 d (u (see o)))
  = E (fun o => norm2 d (fun i => u (see o) i - w o i)).
Proof.
  intros H T. rewrite (E_sub u w); auto.
  unfold tower in T. rewrite T. fold (norm2 d).
  change (fun o => dot d (u (see o)) (u (see o))) with (fun o => norm2 d (u (see o))). ring.
Qed.
End Abstract.

Lemma addopp (a c : R) : a + c + - c = a.
Proof. ring. Qed.

(* equal gradients: any partial derivative of one is that of the other *)
Lemma same_derive (L1 L2 : R -> R) (c th l : R) :
  (forall r, L1 r = L2 r + c) -> is_derive L1 th l <-> is_derive L2 th l.
Proof.
  intros H; split; intros D.
  - apply is_derive_ext with (fun r => L1 r + - c); [intros r; rewrite H; exact (addopp (L2 r) c)|].
    eapply is_derive_eq; [apply (is_derive_plus L1 (fun _ => - c)); [exact D|apply (is_derive_const (- c))]|].
    unfold plus, zero; simpl; ring.
  - apply is_derive_ext with (fun r => L2 r + c); [intros; now rewrite H|].
    eapply is_derive_eq; [apply (is_derive_plus L2 (fun _ => c)); [exact D|apply (is_derive_const c)]|].
    unfold plus, zero; simpl; ring.
Qed.

(* grad L_CFM = grad L_FM: every partial derivative of one is that of the other. *)
Theorem equal_gradients (L1 L2 : vec -> R) (c : R) (th : vec) (i : nat) (l : R) :
  (forall r, L1 r = L2 r + c) ->
  is_derive (fun y => L1 (upd th i y)) (th i) l <-> is_derive (fun y => L2 (upd th i y)) (th i) l.
Proof. intros H; apply (same_derive _ _ c); intros; apply H. Qed.

(* ---- the tower property for a mixture; J (the integral over (t,x)) is arbitrary ---- *)
Section MixtureTower.
Variables (S : Type) (d n : nat) (q : nat -> R) (p : nat -> S -> R) (w : nat -> S -> vec).
Variable J : (S -> R) -> R.
Definition Emix (f : nat * S -> R) : R := J (fun s => sumn n (fun k => q k * p k s * f (k, s))).
Definition umix (s : S) : vec :=
  fun i => sumn n (fun k => q k * p k s * w k s i) / sumn n (fun k => q k * p k s).

(* E[g(x) . u_t(x|x1)] = E[g(x) . u_t(x)] for every g: the marginal field is the conditional expectation. *)
Theorem mixture_tower (g : S -> vec) :
  (forall k, (k < n)%nat -> 0 <= q k) -> (forall k s, (k < n)%nat -> 0 <= p k s) ->
  tower (nat * S) S snd d Emix (fun o => w (fst o) (snd o)) umix g.
Proof.
  intros Hq Hp. unfold tower, Emix. f_equal.
  apply functional_extensionality; intros s. simpl.
  set (P := sumn n (fun k => q k * p k s)).
  assert (A : sumn n (fun k => q k * p k s * dot d (g s) (w k s)) =
              sumn d (fun i => g s i * sumn n (fun k => q k * p k s * w k s i))).
  { unfold dot.
    rewrite (sumn_ext n _ (fun k => sumn d (fun i => q k * p k s * (g s i * w k s i))))
      by (intros; now rewrite sumn_scal).
    rewrite sumn_swap. apply sumn_ext; intros i Hi.
    rewrite <- sumn_scal. apply sumn_ext; intros k Hk. ring. }
  assert (B : sumn n (fun k => q k * p k s * dot d (g s) (umix s)) = dot d (g s) (umix s) * P).
  { unfold P. rewrite <- sumn_scal. apply sumn_ext; intros; ring. }
  rewrite A, B. destruct (Req_dec P 0) as [Z|NZ].
  - (* a point of zero density: every weight vanishes *)
    assert (W : forall k, (k < n)%nat -> q k * p k s = 0).
    { intros k Hk. destruct (Rle_lt_or_eq_dec 0 (q k * p k s)) as [L|L]; [|exfalso|easy].
      - apply Rmult_le_pos; auto.
      - assert (0 < P); [|lra]. apply (sumn_pos n _ k); auto.
        intros; apply Rmult_le_pos; auto. }
    rewrite Z, Rmult_0_r, <- (sumn_zero d). apply sumn_ext; intros i Hi.
    rewrite (sumn_ext n _ (fun _ => 0)); [rewrite sumn_zero; ring|].
    intros k Hk; rewrite W; auto; ring.
  - unfold dot. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext; intros i Hi.
    unfold umix. fold P. now field.
Qed.
End MixtureTower.

(* ---- fully concrete: finitely many t, x1 and x; no hypothesis left but weights >= 0 ---- *)
Section Finite.
Variables (m n d : nat).                       (* m points (t,x), n data points *)
Variables (rho : nat -> R) (q : nat -> R) (p : nat -> nat -> R) (w : nat -> nat -> vec).
Hypothesis Hq : forall k, (k < n)%nat -> 0 <= q k.
Hypothesis Hp : forall k s, (k < n)%nat -> 0 <= p k s.
Let J (f : nat -> R) := sumn m (fun s => rho s * f s).
Let E := Emix nat n q p J.
Let W (o : nat * nat) := w (fst o) (snd o).
Let U := umix nat n q p w.

Lemma E_plus f g : E (fun o => f o + g o) = E f + E g.
Proof.
  unfold E, Emix, J. rewrite <- sumn_plus. apply sumn_ext; intros s _.
  rewrite <- Rmult_plus_distr_l, <- sumn_plus. f_equal. apply sumn_ext; intros; ring.
Qed.

Lemma E_scal c f : E (fun o => c * f o) = c * E f.
Proof.
  unfold E, Emix, J. rewrite <- sumn_scal. apply sumn_ext; intros s _.
  rewrite (sumn_ext n _ (fun k => c * (q k * p k s * f (k, s)))) by (intros; ring).
  rewrite sumn_scal. ring.
Qed.

(* Theorem 2 over finitely many times, places and data points, with no hypothesis but weights >= 0. *)
Theorem finite_losses_equal_gradients (v : vec -> nat -> vec) (th : vec) (i : nat) (l : R) :
  let LC := fun th => L_CFM (nat*nat) nat vec snd d E W v th in
  let LF := fun th => L_FM (nat*nat) nat vec snd d E U v th in
  (forall th, LC th = LF th + E (fun o => norm2 d (fun i => U (snd o) i - W o i))) /\
  (is_derive (fun y => LC (upd th i y)) (th i) l <-> is_derive (fun y => LF (upd th i y)) (th i) l).
Proof.
  intros LC LF.
  assert (T : forall g, tower (nat*nat) nat snd d E W U g)
    by (intros g; apply mixture_tower; auto).
  assert (Main : forall th, LC th = LF th + E (fun o => norm2 d (fun i => U (snd o) i - W o i))).
  { intros r. unfold LC, LF.
    rewrite (conditional_loss_splits (nat*nat) nat vec snd d E (fun _ => True)) with (u := U);
      auto using E_plus, E_scal.
    f_equal. apply (loss_gap_is_conditional_variance (nat*nat) nat snd d E (fun _ => True)); auto using E_plus, E_scal. }
  split; [exact Main|]. apply (equal_gradients _ _ _ _ _ _ Main).
Qed.
End Finite.

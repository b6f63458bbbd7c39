(* Theorem 2 of Lipman et al. for any probability over the data: that the marginal field is the conditional expectation
   (the tower property) is derived from its definition, not assumed. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation ContinuityEquation AnyProbability LossEquality.
Open Scope R_scope.

Section Any.
(* the data z under a probability E; what the network sees, s = (t, x), under any linear mean J *)
Variables (Z S : Type) (I : (Z -> R) -> Prop) (E : (Z -> R) -> R).
Hypothesis P : probability Z I E.
Variables (JI : (S -> R) -> Prop) (J : (S -> R) -> R).
Hypothesis J_plus : forall f g, JI f -> JI g -> JI (fun s => f s + g s) /\ J (fun s => f s + g s) = J f + J g.
Hypothesis J_scal : forall c f, JI f -> JI (fun s => c * f s) /\ J (fun s => c * f s) = c * J f.
Variables (d : nat) (p : Z -> S -> R) (w : Z -> S -> vec).        (* p_t(x|z), u_t(x|z) *)

(* p_t(x), u_t(x), and the mean over t, z and x *)
Definition seen_density (s : S) : R := E (fun z => p z s).
Definition seen_velocity (s : S) : vec := fun i => E (fun z => p z s * w z s i) / seen_density s.
Definition whole_mean (f : Z * S -> R) : R := J (fun s => E (fun z => p z s * f (z, s))).
Definition has_mean (f : Z * S -> R) : Prop :=
  (forall s, I (fun z => p z s * f (z, s))) /\ JI (fun s => E (fun z => p z s * f (z, s))).

Hypothesis Hp : forall s, I (fun z => p z s) /\ 0 < seen_density s.
Hypothesis Hw : forall s i, (i < d)%nat -> I (fun z => p z s * w z s i).

Lemma mean_against (g : S -> R) s : I (fun z => p z s * g s) /\ E (fun z => p z s * g s) = seen_density s * g s.
Proof.
  destruct (mean_scal Z I E P (g s) (fun z => p z s) (proj1 (Hp s))) as [A B].
  assert (X : (fun z => p z s * g s) = (fun z => g s * p z s)) by (apply functional_extensionality; intros; ring).
  rewrite X. split; [exact A|]. rewrite B. unfold seen_density. ring.
Qed.

(* E[p g.w] = p_t g.u at every place *)
Lemma tower_at (g : vec) s : I (fun z => p z s * dot d g (w z s)) /\
  E (fun z => p z s * dot d g (w z s)) = seen_density s * dot d g (seen_velocity s).
Proof.
  assert (X : (fun z => p z s * dot d g (w z s)) = (fun z => sumn d (fun i => g i * (p z s * w z s i)))).
  { apply functional_extensionality. intros z. unfold dot. rewrite <- sumn_scal. apply sumn_ext. intros; ring. }
  rewrite X. clear X. assert (G : forall n, (n <= d)%nat -> I (fun z => sumn n (fun i => g i * (p z s * w z s i))) /\
    E (fun z => sumn n (fun i => g i * (p z s * w z s i))) = sumn n (fun i => g i * E (fun z => p z s * w z s i))).
  { intros n Hn. destruct (mean_sumn Z I E P n (fun i z => g i * (p z s * w z s i))) as [A B].
    - intros i Hi. apply (mean_scal Z I E P). apply Hw. lia.
    - split; [exact A|]. rewrite B. apply sumn_ext. intros i Hi. apply (mean_scal Z I E P). apply Hw. lia. }
  destruct (G d (Nat.le_refl d)) as [A B]. split; [exact A|]. rewrite B. unfold dot. rewrite <- sumn_scal. apply sumn_ext. intros i _.
  unfold seen_velocity. assert (N := proj2 (Hp s)). field. lra.
Qed.

(* E[g(x).u_t(x|z)] = E[g(x).u_t(x)] for every g: u_t(x) is the conditional expectation. *)
Theorem marginal_velocity_is_the_conditional_expectation (g : S -> vec) :
  tower (Z * S) S snd d whole_mean (fun o => w (fst o) (snd o)) seen_velocity g.
Proof.
  unfold tower, whole_mean. f_equal. apply functional_extensionality. intros s. simpl.
  destruct (tower_at (g s) s) as [_ ->]. symmetry. apply (mean_against (fun s => dot d (g s) (seen_velocity s))).
Qed.

Lemma has_mean_plus f g : has_mean f -> has_mean g ->
  has_mean (fun o => f o + g o) /\ whole_mean (fun o => f o + g o) = whole_mean f + whole_mean g.
Proof.
  intros [F JF] [G JG].
  assert (X : forall s, (fun z => p z s * (f (z, s) + g (z, s))) = (fun z => p z s * f (z, s) + p z s * g (z, s)))
    by (intros; apply functional_extensionality; intros; ring).
  assert (Y : (fun s => E (fun z => p z s * (f (z, s) + g (z, s)))) = (fun s => E (fun z => p z s * f (z, s)) + E (fun z => p z s * g (z, s)))).
  { apply functional_extensionality. intros s. rewrite X. now apply (mean_plus Z I E P). }
  destruct (J_plus _ _ JF JG) as [A B]. unfold has_mean, whole_mean. rewrite Y. refine (conj (conj _ A) B).
  intros s. rewrite X. now apply (mean_plus Z I E P).
Qed.

Lemma has_mean_scal c f : has_mean f -> has_mean (fun o => c * f o) /\ whole_mean (fun o => c * f o) = c * whole_mean f.
Proof.
  intros [F JF].
  assert (X : forall s, (fun z => p z s * (c * f (z, s))) = (fun z => c * (p z s * f (z, s))))
    by (intros; apply functional_extensionality; intros; ring).
  assert (Y : (fun s => E (fun z => p z s * (c * f (z, s)))) = (fun s => c * E (fun z => p z s * f (z, s)))).
  { apply functional_extensionality. intros s. rewrite X. now apply (mean_scal Z I E P). }
  destruct (J_scal c _ JF) as [A B]. unfold has_mean, whole_mean. rewrite Y. refine (conj (conj _ A) B).
  intros s. rewrite X. now apply (mean_scal Z I E P).
Qed.

Lemma seen_has_mean (g : S -> R) : JI (fun s => seen_density s * g s) -> has_mean (fun o => g (snd o)).
Proof.
  intros H. split; [intros s; exact (proj1 (mean_against g s))|]. simpl.
  assert (X : (fun s => E (fun z => p z s * g s)) = (fun s => seen_density s * g s))
    by (apply functional_extensionality; intros s; exact (proj2 (mean_against g s))). now rewrite X.
Qed.

(* Lipman et al., Theorem 2, for any q: L_CFM(theta) = L_FM(theta) + E|u_t(x) - u_t(x|x1)|^2, and so equal gradients. Of the
   data and the model only second moments are asked. *)
Theorem any_losses_equal_gradients (v : vec -> S -> vec) :
  has_mean (fun o => norm2 d (w (fst o) (snd o))) ->
  JI (fun s => seen_density s * norm2 d (seen_velocity s)) ->
  (forall th, JI (fun s => seen_density s * norm2 d (v th s))) ->
  (forall th, JI (fun s => seen_density s * dot d (v th s) (seen_velocity s))) ->
  let LC := L_CFM (Z * S) S vec snd d whole_mean (fun o => w (fst o) (snd o)) v in
  let LF := L_FM (Z * S) S vec snd d whole_mean seen_velocity v in
  (forall th, LC th = LF th + whole_mean (fun o => norm2 d (fun i => seen_velocity (snd o) i - w (fst o) (snd o) i))) /\
  (forall th i l, is_derive (fun y => LC (upd th i y)) (th i) l <-> is_derive (fun y => LF (upd th i y)) (th i) l).
Proof.
  intros Iw Ju Jv Jvu LC LF.
  assert (Dw : forall g : S -> vec, JI (fun s => seen_density s * dot d (g s) (seen_velocity s)) ->
    has_mean (fun o => dot d (g (snd o)) (w (fst o) (snd o)))).
  { intros g H. split; [intros s; exact (proj1 (tower_at (g s) s))|]. simpl.
    assert (X : (fun s => E (fun z => p z s * dot d (g s) (w z s))) = (fun s => seen_density s * dot d (g s) (seen_velocity s)))
      by (apply functional_extensionality; intros s; exact (proj2 (tower_at (g s) s))). now rewrite X. }
  assert (Main : forall th, LC th = LF th + whole_mean (fun o => norm2 d (fun i => seen_velocity (snd o) i - w (fst o) (snd o) i))).
  { intros th. unfold LC, LF.
    rewrite (conditional_loss_splits (Z * S) S vec snd d whole_mean has_mean) with (u := seen_velocity).
    - f_equal. apply (loss_gap_is_conditional_variance (Z * S) S snd d whole_mean has_mean); auto.
      + intros f g F G. now apply has_mean_plus.
      + intros c f F. now apply has_mean_scal.
      + intros f g F G. now apply has_mean_plus.
      + intros c f F. now apply has_mean_scal.
      + apply (seen_has_mean (fun s => norm2 d (seen_velocity s))). exact Ju.
      + apply marginal_velocity_is_the_conditional_expectation.
    - intros f g F G. now apply has_mean_plus.
    - intros c f F. now apply has_mean_scal.
    - intros f g F G. now apply has_mean_plus.
    - intros c f F. now apply has_mean_scal.
    - exact Iw.
    - apply (seen_has_mean (fun s => norm2 d (seen_velocity s))). exact Ju.
    - apply (seen_has_mean (fun s => norm2 d (v th s))). apply Jv.
    - apply Dw, Jvu.
    - apply (seen_has_mean (fun s => dot d (v th s) (seen_velocity s))). apply Jvu.
    - apply marginal_velocity_is_the_conditional_expectation. }
  split; [exact Main|]. intros th i l. exact (equal_gradients _ _ _ _ _ _ Main).
Qed.
End Any.

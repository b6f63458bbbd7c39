(* Curves on which a function of two real variables keeps its value: the implicit function theorem where the
   function increases in its second variable. Derivatives are total ones, Coquelicot's
   "differentiable_pt_lim H t x l m": H is l (s - t) + m (y - x) plus a smaller rest near (t, x). *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation.
Open Scope R_scope.

(* H(s, X(s)) = c near t, with dH/dt = l and dH/dx = m > 0 at (t, X(t)): X' = -l/m. *)
Theorem level_curve_derive (H : R -> R -> R) (X : R -> R) (t c l m : R) :
  differentiable_pt_lim H t (X t) l m -> 0 < m ->
  locally t (fun s => forall x y, x < y -> H s x < H s y) ->
  locally t (fun s => H s (X s) = c) ->
  is_derive X t (- l / m).
Proof.
  intros D m0 M V. assert (Vt := locally_singleton _ _ V). simpl in Vt.
  destruct (filter_and _ _ M V) as [near N].
  apply is_derive_Reals. intros eps He.
  set (L := - l / m). set (A := Rabs L + eps / 2 + 1).
  assert (L0 := Rabs_pos L). assert (A1 : 1 <= A) by (unfold A; lra).
  assert (lm : m * L = - l) by (unfold L; field; lra).
  assert (e0 : 0 < m * (eps / 2) / (2 * A)) by (apply Rdiv_lt_0_compat; nra).
  destruct (D (mkposreal _ e0)) as [wide W]. simpl in W.
  assert (r0 : 0 < Rmin near (wide / A)).
  { apply Rmin_pos; [apply cond_pos|apply Rdiv_lt_0_compat; [apply cond_pos|lra]]. }
  exists (mkposreal _ r0). intros h Hh hr. simpl in hr.
  assert (hp : 0 < Rabs h) by now apply Rabs_pos_lt.
  assert (h1 := Rlt_le_trans _ _ _ hr (Rmin_l _ _)). assert (h2 := Rlt_le_trans _ _ _ hr (Rmin_r _ _)).
  assert (hA : Rabs h * A < wide).
  { apply Rmult_lt_reg_r with (/ A); [apply Rinv_0_lt_compat; lra|].
    rewrite Rmult_assoc, Rinv_r by lra. unfold Rdiv in h2. lra. }
  assert (T : t + h - t = h) by ring.
  destruct (N (t + h)) as [Mh Vh].
  { change (Rabs (t + h - t) < near). now rewrite T. }
  (* the rest of H at height X t + L h + k with abs(k) = (eps/2) abs(h) is smaller than m k *)
  assert (B : forall k, Rabs k = eps / 2 * Rabs h ->
    Rabs (H (t + h) (X t + (L * h + k)) - c - m * k) < m * (eps / 2 * Rabs h)).
  { intros k Hk. assert (size : Rabs (L * h + k) <= A * Rabs h).
    { eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult, Hk. unfold A. nra. }
    assert (R := W (t + h) (X t + (L * h + k))). replace (X t + (L * h + k) - X t) with (L * h + k) in R by ring.
    rewrite T, Vt in R. specialize (R ltac:(clear - hA A1 hp; nra) ltac:(lra)).
    replace (H (t + h) (X t + (L * h + k)) - c - (l * h + m * (L * h + k)))
      with (H (t + h) (X t + (L * h + k)) - c - m * k) in R
      by (replace (m * (L * h + k)) with (m * L * h + m * k) by ring; rewrite lm; ring).
    eapply Rle_lt_trans; [exact R|].
    apply Rle_lt_trans with (m * (eps / 2) / (2 * A) * (A * Rabs h)).
    - apply Rmult_le_compat_l; [apply Rlt_le, e0|]. apply Rmax_lub; [clear - A1 hp; nra|exact size].
    - replace (m * (eps / 2) / (2 * A) * (A * Rabs h)) with (m * (eps / 2 * Rabs h) / 2) by (field; lra).
      assert (0 < m * (eps / 2 * Rabs h)) by (apply Rmult_lt_0_compat; [lra|apply Rmult_lt_0_compat; lra]). lra. }
  set (k := eps / 2 * Rabs h). assert (k0 : 0 < k) by (apply Rmult_lt_0_compat; lra).
  assert (kk : Rabs k = eps / 2 * Rabs h) by exact (Rabs_right k (Rle_ge _ _ (Rlt_le _ _ k0))).
  assert (U := B k kk). assert (O := B (- k) ltac:(rewrite Rabs_Ropp; exact kk)).
  fold k in U, O.
  apply Rabs_lt_between in U. apply Rabs_lt_between in O.
  assert (up : X (t + h) < X t + (L * h + k)).
  { apply Rnot_le_lt. intros [Q|Q]; [apply Mh in Q; lra|rewrite Q in U; lra]. }
  assert (low : X t + (L * h + - k) < X (t + h)).
  { apply Rnot_le_lt. intros [Q|Q]; [apply Mh in Q; lra|rewrite <- Q in O; lra]. }
  replace ((X (t + h) - X t) / h - L) with ((X (t + h) - X t - L * h) / h) by (field; exact Hh).
  unfold Rdiv. rewrite Rabs_mult, Rabs_inv. apply Rmult_lt_reg_r with (Rabs h); [exact hp|].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  apply Rlt_trans with k; [apply Rabs_def1; clear - up low; lra|]. unfold k. clear - He hp. nra.
Qed.

(* ---------- rules for total derivatives in two variables ---------- *)
Lemma differentiable_eq (f g : R -> R -> R) x y l m l' m' : differentiable_pt_lim f x y l m ->
  (forall u v, f u v = g u v) -> l = l' -> m = m' -> differentiable_pt_lim g x y l' m'.
Proof.
  intros H E <- <-. apply differentiable_pt_lim_ext with f; [|exact H]. exists (mkposreal 1 Rlt_0_1). auto.
Qed.

Lemma differentiable_second (f : R -> R -> R) x y l m : differentiable_pt_lim f x y l m -> is_derive (f x) y m.
Proof.
  intros D. apply is_derive_Reals. replace m with (l * 0 + m * 1) by ring.
  apply (derivable_pt_lim_comp_2d f (fun _ => x) (fun y => y)); [exact D| |].
  - apply derivable_pt_lim_const.
  - apply derivable_pt_lim_id.
Qed.

Lemma differentiable_id2 x y : differentiable_pt_lim (fun _ v => v) x y 0 1.
Proof.
  intros eps. exists eps. intros u v _ _. replace (v - y - (0 * (u - x) + 1 * (v - y))) with 0 by ring.
  rewrite Rabs_R0. apply Rmult_le_pos; [apply Rlt_le, cond_pos|].
  eapply Rle_trans; [apply Rabs_pos|apply Rmax_l].
Qed.

Lemma differentiable_plus f g x y l m l' m' :
  differentiable_pt_lim f x y l m -> differentiable_pt_lim g x y l' m' ->
  differentiable_pt_lim (fun u v => f u v + g u v) x y (l + l') (m + m').
Proof.
  intros Hf Hg.
  replace (l + l') with (1 * l + 1 * l') by ring. replace (m + m') with (1 * m + 1 * m') by ring.
  apply (differentiable_pt_lim_comp Rplus f g); [|exact Hf|exact Hg].
  intros eps. exists eps. intros u v _ _.
  match goal with |- Rabs ?r <= _ => replace r with 0 by ring end.
  rewrite Rabs_R0. apply Rmult_le_pos; [apply Rlt_le, cond_pos|].
  eapply Rle_trans; [apply Rabs_pos|apply Rmax_l].
Qed.

Lemma differentiable_times f g x y l m l' m' :
  differentiable_pt_lim f x y l m -> differentiable_pt_lim g x y l' m' ->
  differentiable_pt_lim (fun u v => f u v * g u v) x y (g x y * l + f x y * l') (g x y * m + f x y * m').
Proof.
  intros Hf Hg. apply (differentiable_pt_lim_comp Rmult f g); [|exact Hf|exact Hg].
  set (p := f x y). set (q := g x y). intros eps. exists eps. intros u v Hu Hv.
  replace (u * v - p * q - (q * (u - p) + p * (v - q))) with ((u - p) * (v - q)) by ring.
  rewrite Rabs_mult. apply Rmult_le_compat; try apply Rabs_pos; [now apply Rlt_le|apply Rmax_r].
Qed.

Lemma differentiable_outer (f : R -> R) g x y l m k : derivable_pt_lim f (g x y) k ->
  differentiable_pt_lim g x y l m -> differentiable_pt_lim (fun u v => f (g u v)) x y (k * l) (k * m).
Proof.
  intros Hf Hg. replace (k * l) with (k * l + 0 * l) by ring. replace (k * m) with (k * m + 0 * m) by ring.
  apply (differentiable_pt_lim_comp (fun u _ => f u) g g); [|exact Hg|exact Hg].
  now apply differentiable_pt_lim_proj1_0.
Qed.

Lemma differentiable_sum f g x y l m : derivable_pt_lim f x l -> derivable_pt_lim g y m ->
  differentiable_pt_lim (fun u v => f u + g v) x y l m.
Proof.
  intros Hf Hg. replace l with (l + m * 0) by ring. replace m with (0 + m * 1) at 2 by ring.
  apply differentiable_plus; [now apply differentiable_pt_lim_proj1_0|].
  apply (differentiable_outer g (fun _ v => v)); [exact Hg|apply differentiable_id2].
Qed.

Lemma differentiable_sumn n (f : nat -> R -> R -> R) x y (l m : nat -> R) :
  (forall k, (k < n)%nat -> differentiable_pt_lim (f k) x y (l k) (m k)) ->
  differentiable_pt_lim (fun u v => sumn n (fun k => f k u v)) x y (sumn n l) (sumn n m).
Proof.
  induction n; intros H; simpl.
  - apply (differentiable_pt_lim_proj1_0 (fun _ => 0)), derivable_pt_lim_const.
  - apply differentiable_plus; auto.
Qed.

Lemma differentiable_scal c f x y l m : differentiable_pt_lim f x y l m ->
  differentiable_pt_lim (fun u v => c * f u v) x y (c * l) (c * m).
Proof.
  intros Hf. apply (differentiable_outer (fun z => c * z)); [|exact Hf].
  apply is_derive_Reals. auto_derive; [easy|ring].
Qed.

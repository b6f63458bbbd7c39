(* Theorem 1 for a continuous target density on a compact interval (one axis): the sums of
   MarginalField become integrals, and differentiation under the integral sign is proved, not assumed. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian ContinuityEquation.
Open Scope R_scope.

Section General.
Variables (a b : R) (p w : R -> R -> R -> R) (q : R -> R). (* p z t x, w z t x, q z *)
Definition marginal_density_int (s y : R) : R := RInt (fun z => q z * p z s y) a b.
Definition marginal_velocity_int (s y : R) : R := RInt (fun z => q z * (p z s y * w z s y)) a b / marginal_density_int s y.

Variables t x : R.
Hypothesis Ht : diff_under_int (fun s z => q z * p z s x) a b t.
Hypothesis Hx : diff_under_int (fun y z => q z * (p z t y * w z t y)) a b x.
Hypothesis cond : forall z, Rmin a b < z < Rmax a b -> continuity_1d (p z) (w z) t x.
Hypothesis pos : locally x (fun y => marginal_density_int t y <> 0).

(* Lipman et al., Theorem 1 as printed, with integrals: u_t(x) = (1/p_t(x)) integral of u_t(x|z) p_t(x|z) q(z) dz,
   under the two conditions that let the derivatives pass the integral. *)
Theorem marginal_velocity_int_generates : continuity_1d marginal_density_int marginal_velocity_int t x.
Proof.
  exists (RInt (fun z => Derive (fun s => q z * p z s x) t) a b).
  exists (RInt (fun z => Derive (fun y => q z * (p z t y * w z t y)) x) a b).
  refine (conj _ (conj _ _)).
  - destruct Ht as (h1 & h2 & h3).
    now apply (is_derive_RInt_param (fun s z => q z * p z s x)).
  - destruct Hx as (h1 & h2 & h3).
    apply is_derive_ext_loc with (f := fun y => RInt (fun z => q z * (p z t y * w z t y)) a b).
    + generalize pos. apply filter_imp; intros y Hy. unfold marginal_velocity_int.
      now apply div_cancel.
    + now apply (is_derive_RInt_param (fun y z => q z * (p z t y * w z t y))).
  - rewrite <- (RInt_plus (V := R_CompleteNormedModule));
      [|now apply (ex_RInt_derive (fun s z => q z * p z s x))
       |now apply (ex_RInt_derive (fun y z => q z * (p z t y * w z t y)))].
    rewrite (RInt_ext _ (fun _ => 0)).
    + rewrite RInt_const. unfold scal; simpl; unfold mult; simpl; ring.
    + intros z Hz. destruct (cond z Hz) as (dp & df & H1 & H2 & H3).
      unfold plus; simpl.
      rewrite (Derive_value (fun s => q z * p z s x) t (q z * dp)) by now apply is_derive_scal.
      rewrite (Derive_value (fun y => q z * (p z t y * w z t y)) x (q z * df))
        by now apply (is_derive_scal (fun y => p z t y * w z t y)).
      rewrite <- Rmult_plus_distr_l, H3. apply Rmult_0_r.
Qed.
End General.

Section Schedule.
Variables (a b : R) (q al be dal dbe : R -> R) (t : R).
Hypothesis Hab : a < b.
Hypothesis Hq : forall z, a <= z <= b -> continuous q z.
Hypothesis Hqp : forall z, a < z < b -> 0 < q z.
Hypothesis Hal : locally t (fun s => is_derive al s (dal s)).
Hypothesis Hbe : locally t (fun s => is_derive be s (dbe s)).
Hypothesis Hdal : continuous dal t.
Hypothesis Hdbe : continuous dbe t.
Hypothesis Hb0 : 0 < be t.

Let p z s y := gauss (al s * z) (be s) y.
Let w z s y := dbe s / be s * (y - al s * z) + dal s * z.

Lemma al_cont : continuous al t.
Proof. apply (ex_derive_continuous (V := R_NormedModule)). exists (dal t). exact (locally_singleton _ _ Hal). Qed.
Lemma be_cont : continuous be t.
Proof. apply (ex_derive_continuous (V := R_NormedModule)). exists (dbe t). exact (locally_singleton _ _ Hbe). Qed.

Lemma be_pos_loc : locally t (fun s => 0 < be s).
Proof. exact (be_cont _ (open_gt 0 _ Hb0)). Qed.

Lemma p_dt z s y : is_derive al s (dal s) -> is_derive be s (dbe s) -> be s <> 0 ->
  is_derive (fun r => q z * p z r y) s
            (q z * gauss_dt (al s * z) (be s) (dal s * z) (dbe s) y).
Proof.
  intros H1 H2 H3. apply (is_derive_scal (fun r => p z r y)). unfold p.
  apply (gauss_derive_t (fun r => al r * z)); auto.
  exact (is_derive_scal_l al s (dal s) z H1).
Qed.

Lemma p_dx z y :
  is_derive (fun r => q z * (p z t r * w z t r)) y
    (q z * (gauss (al t * z) (be t) y * (dbe t / be t - (y - al t * z) / (be t)^2 *
            (dbe t / be t * (y - al t * z) + dal t * z)))).
Proof.
  apply (is_derive_scal (fun r => p z t r * w z t r)).
  apply gauss_derive_flux. lra.
Qed.

Lemma mm z : Rmin a b <= z <= Rmax a b -> a <= z <= b.
Proof. rewrite Rmin_left, Rmax_right; lra. Qed.

(* continuity in z of the integrands, at any s with be s <> 0 *)
Lemma cont_z (F : R -> R -> R) s z : continuity_2d_pt F s z -> continuous (fun z => F s z) z.
Proof. apply continuity_2d_snd. Qed.

Lemma int_p s y : be s <> 0 -> ex_RInt (fun z => q z * p z s y) a b.
Proof.
  intros H. apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros z Hz.
  apply (cont_z (fun _ z => q z * gauss (al s * z) (be s) y) 0).
  c2; auto. now apply c2_snd, Hq, mm.
Qed.

Lemma int_pw s y : be s <> 0 -> ex_RInt (fun z => q z * (p z s y * w z s y)) a b.
Proof.
  intros H. apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros z Hz.
  apply (cont_z (fun _ z => q z * (gauss (al s * z) (be s) y *
            (dbe s / be s * (y - al s * z) + dal s * z))) 0).
  c2; auto. now apply c2_snd, Hq, mm.
Qed.

Lemma dui_t x : diff_under_int (fun s z => q z * p z s x) a b t.
Proof.
  assert (L : locally t (fun s => is_derive al s (dal s) /\ is_derive be s (dbe s) /\ be s <> 0)).
  { generalize (filter_and _ _ Hal (filter_and _ _ Hbe be_pos_loc)).
    apply filter_imp. intros s (h1 & h2 & h3). repeat split; try apply h1; try apply h2. lra. }
  refine (conj _ (conj _ _)).
  - generalize L. apply filter_imp. intros s (h1 & h2 & h3) z _. eexists. now apply p_dt.
  - intros z Hz.
    apply continuity_2d_pt_ext_loc with
      (fun s z => q z * gauss_dt (al s * z) (be s) (dal s * z) (dbe s) x).
    + destruct L as [del Hd]. exists del. intros s z' Hs _. symmetry. apply Derive_value.
      destruct (Hd s Hs) as (h1 & h2 & h3). now apply p_dt.
    + assert (ca := c2_fst al t z al_cont). assert (cb := c2_fst be t z be_cont).
      assert (cda := c2_fst dal t z Hdal). assert (cdb := c2_fst dbe t z Hdbe).
      assert (b0 : be t <> 0) by lra.
      unfold gauss_dt, Rdiv. simpl.
      c2; auto; try (apply continuity_2d_pt_inv; c2; auto);
        try (apply Rgt_not_eq; nra); try (now apply c2_snd, Hq, mm).
      rewrite Rmult_1_r. apply Rgt_not_eq. assert (0 < be t * be t) by nra. nra.
  - generalize L. apply filter_imp. intros s (_ & _ & h3). now apply int_p.
Qed.

Lemma dui_x x : diff_under_int (fun y z => q z * (p z t y * w z t y)) a b x.
Proof.
  assert (b0 : be t <> 0) by lra.
  refine (conj _ (conj _ _)).
  - apply filter_forall. intros y z _. eexists. apply p_dx.
  - intros z Hz.
    apply continuity_2d_pt_ext with (fun y z =>
      q z * (gauss (al t * z) (be t) y * (dbe t / be t - (y - al t * z) / (be t)^2 *
            (dbe t / be t * (y - al t * z) + dal t * z)))).
    + intros y z'. symmetry. apply Derive_value, p_dx.
    + unfold Rdiv. c2; auto. now apply c2_snd, Hq, mm.
  - apply filter_forall. intros y. now apply int_pw.
Qed.

Lemma P_pos y : 0 < marginal_density_int a b p q t y.
Proof.
  unfold marginal_density_int. apply RInt_gt_0; [exact Hab| |].
  - intros z Hz. apply Rmult_lt_0_compat; [auto|now apply gauss_pos].
  - intros z Hz. apply (cont_z (fun _ z => q z * gauss (al t * z) (be t) y) 0).
    assert (b0 : be t <> 0) by lra. c2; auto. now apply c2_snd, Hq.
Qed.

(* ... and those conditions hold for every continuous positive q on [a, b] and every continuously
   differentiable schedule alpha, beta with beta(t) > 0. *)
Theorem continuous_target_velocity_generates x : continuity_1d (marginal_density_int a b p q) (marginal_velocity_int a b p w q) t x.
Proof.
  apply marginal_velocity_int_generates.
  - apply dui_t.
  - apply dui_x.
  - intros z _.
    apply (axis_path_continuity (fun s => al s * z) be (fun s => dal s * z) dbe); [| |lra].
    + exact (is_derive_scal_l al t (dal t) z (locally_singleton _ _ Hal)).
    + exact (locally_singleton _ _ Hbe).
  - apply filter_forall. intros y. apply Rgt_not_eq, P_pos.
Qed.
End Schedule.

(* the OT path *)
Theorem continuous_target_ot (a b : R) (q : R -> R) (smin t x : R) :
  a < b -> (forall z, a <= z <= b -> continuous q z) -> (forall z, a < z < b -> 0 < q z) ->
  0 < 1 - (1 - smin) * t ->
  continuity_1d
    (marginal_density_int a b (fun z s y => gauss (s * z) (1 - (1 - smin) * s) y) q)
    (marginal_velocity_int a b (fun z s y => gauss (s * z) (1 - (1 - smin) * s) y)
       (fun z s y => - (1 - smin) / (1 - (1 - smin) * s) * (y - s * z) + 1 * z) q) t x.
Proof.
  intros H1 H2 H3 H4.
  apply (continuous_target_velocity_generates a b q (fun s => s) (fun s => 1 - (1 - smin) * s)
           (fun _ => 1) (fun _ => - (1 - smin)) t); auto.
  - apply filter_forall. intros s. apply (is_derive_id (K := R_AbsRing)).   
  - apply filter_forall. intros s. auto_derive; [easy|ring].
  - apply continuous_const.
  - apply continuous_const.
Qed.

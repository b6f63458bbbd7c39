(* Velocity, score, noise, denoiser and v-prediction are one vector in five coordinates. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian MarginalField.
Open Scope R_scope.

(* ---------- conditional: x = al z + be eps, be <> 0 ---------- *)
(* the score of the Gaussian density *)
Theorem axis_score (m s x : R) : 0 < s ->
  is_derive (fun y => ln (gauss m s y)) x (- (x - m) / s^2).
Proof.
  intros Hs. assert (Hp := gauss_pos m s x Hs).
  eapply is_derive_eq.
  - apply (is_derive_comp ln (gauss m s)).
    + apply is_derive_Reals. apply derivable_pt_lim_ln. exact Hp.
    + apply gauss_derive_x. lra.
  - unfold scal; simpl; unfold mult; simpl. field. lra.
Qed.

Section Cond.
Variables al be dal dbe z eps x : R.
Hypothesis Hbe : be <> 0.
Hypothesis Hx : x = al * z + be * eps.

Lemma noise_of_x : eps = (x - al * z) / be.
Proof. rewrite Hx; now field. Qed.
Lemma score_of_noise : - (x - al * z) / be^2 = - eps / be.
Proof. rewrite Hx; now field. Qed.
(* velocity in (z, eps) and in (z, x): the same number *)
Lemma velocity_z_eps : (dal - dbe / be * al) * z + dbe / be * x = dal * z + dbe * eps.
Proof. rewrite Hx; now field. Qed.
End Cond.

(* ---------- linear maps between the four parametrisations ----------
   D = denoiser E[z|x], N = noise E[eps|x], S = score, V = velocity.
   They hold for conditional and marginal alike because all are affine in z. *)
Section Convert.
Variables al be dal dbe x : R.
Hypothesis Ha : al <> 0.
Hypothesis Hb : be <> 0.
Definition N_of_D D := (x - al * D) / be.
Definition S_of_D D := (al * D - x) / be^2.
Definition V_of_D D := (dal - dbe / be * al) * D + dbe / be * x.

Lemma D_of_S D : D = (x + be^2 * S_of_D D) / al.
Proof. unfold S_of_D; field; auto. Qed.
Lemma D_of_N D : D = (x - be * N_of_D D) / al.
Proof. unfold N_of_D; field; auto. Qed.
Lemma S_of_N D : S_of_D D = - N_of_D D / be.
Proof. unfold S_of_D, N_of_D; field; auto. Qed.
Lemma V_of_S D : V_of_D D = dal / al * x + (be^2 * dal / al - dbe * be) * S_of_D D.
Proof. unfold V_of_D, S_of_D; field; auto. Qed.
Lemma V_of_N D : V_of_D D = dal / al * x + (dbe - be * dal / al) * N_of_D D.
Proof. unfold V_of_D, N_of_D; field; auto. Qed.
(* back from the velocity: needs be*dal - dbe*al <> 0, i.e. a non-constant SNR *)
Lemma D_of_V D : be * dal - dbe * al <> 0 ->
  D = (be * V_of_D D - dbe * x) / (be * dal - dbe * al).
Proof. intros; unfold V_of_D; field; auto. Qed.
Lemma N_of_V D : be * dal - dbe * al <> 0 ->
  N_of_D D = (dal * x - al * V_of_D D) / (be * dal - dbe * al).
Proof. intros; unfold N_of_D, V_of_D; field; auto. Qed.
Lemma S_of_V D : be * dal - dbe * al <> 0 ->
  S_of_D D = (al * V_of_D D - dal * x) / (be * (be * dal - dbe * al)).
Proof. intros; unfold S_of_D, V_of_D; field; auto. Qed.
End Convert.

(* linear schedule al = t, be = 1 - t: the formulas used for rectified flow *)
Lemma V_of_S_linear t x D : t <> 0 -> 1 - t <> 0 ->
  V_of_D t (1 - t) 1 (-1) x D = x / t + (1 - t) / t * S_of_D t (1 - t) x D.
Proof. intros; unfold V_of_D, S_of_D; field; auto. Qed.
Lemma S_of_V_linear t x D : t <> 0 -> 1 - t <> 0 ->
  S_of_D t (1 - t) x D = (t * V_of_D t (1 - t) 1 (-1) x D - x) / (1 - t).
Proof. intros; unfold V_of_D, S_of_D; field; auto. Qed.

(* ---------- the marginal score of a Gaussian mixture is S_of_D of its denoiser,
   the marginal velocity is V_of_D of the same denoiser (R^d) ---------- *)
Section MixtureScore.
Variables (d n : nat) (q : nat -> R) (z : nat -> vec) (al be dal dbe : R -> R) (t : R) (x : vec).
Hypothesis Hq : forall k, (k < n)%nat -> 0 <= q k.
Hypothesis Hq0 : exists k, (k < n)%nat /\ 0 < q k.
Hypothesis Hb : 0 < be t.
Let p k s y := gauss_vec d (fun i => al s * z k i) (fun _ => be s) y.
Let w k s y i := dbe s / be s * (y i - al s * z k i) + dal s * z k i.
Definition denoiser (i : nat) : R :=
  sumn n (fun k => z k i * (q k * p k t x)) / marginal_density n q p t x.

Lemma pm_pos y : 0 < marginal_density n q p t y.
Proof.
  destruct Hq0 as (k0 & Hk0 & Hp0). unfold marginal_density.
  apply (sumn_pos n _ k0); [|easy|].
  - intros k Hk. apply Rmult_le_pos; [auto|]. now apply Rlt_le, gauss_vec_pos.
  - apply Rmult_lt_0_compat; [auto|now apply gauss_vec_pos].
Qed.

Theorem marginal_velocity i : (i < d)%nat ->
  marginal_velocity n q p w t x i = V_of_D (al t) (be t) (dal t) (dbe t) (x i) (denoiser i).
Proof.
  intros Hi. assert (P0 := pm_pos x).
  unfold marginal_velocity, V_of_D, denoiser.
  set (P := marginal_density n q p t x) in *.
  replace (sumn n (fun k => w k t x i * (q k * p k t x))) with
    ((dal t - dbe t / be t * al t) * sumn n (fun k => z k i * (q k * p k t x))
     + dbe t / be t * x i * P).
  - field. lra.
  - unfold P, marginal_density. rewrite <- !sumn_scal, <- sumn_plus.
    apply sumn_ext; intros k Hk. unfold w. field. lra.
Qed.

Theorem marginal_score i : (i < d)%nat ->
  is_derive (fun y => ln (marginal_density n q p t (upd x i y))) (x i)
            (S_of_D (al t) (be t) (x i) (denoiser i)).
Proof.
  intros Hi. assert (P0 := pm_pos x).
  assert (b0 : be t <> 0) by lra.
  assert (Dp : is_derive (fun y => marginal_density n q p t (upd x i y)) (x i)
     (sumn n (fun k => q k * (p k t x * (- (x i - al t * z k i) / (be t)^2))))).
  { unfold marginal_density. apply (is_derive_sumn n (fun k y => q k * p k t (upd x i y))).
    intros k Hk. apply (is_derive_scal (fun y => p k t (upd x i y))).
    set (g := fun j => gauss (al t * z k j) (be t) (x j)).
    assert (g0 : g i <> 0) by (apply Rgt_not_eq, gauss_pos; auto).
    apply is_derive_ext with (fun y => prodn d g / g i * gauss (al t * z k i) (be t) y).
    - intros y. unfold p, gauss_vec.
      rewrite (prodn_upd d g (fun j => gauss (al t * z k j) (be t) (upd x i y j)) i Hi g0).
      + now rewrite upd_same.
      + intros j Hj Hji. now rewrite upd_other.
    - eapply is_derive_eq.
      + apply (is_derive_scal (gauss (al t * z k i) (be t))). now apply gauss_derive_x.
      + unfold p, gauss_vec. fold g. change (gauss (al t * z k i) (be t) (x i)) with (g i).
        field. auto. }
  eapply is_derive_eq.
  - apply (is_derive_comp ln (fun y => marginal_density n q p t (upd x i y))).
    + apply is_derive_Reals. apply derivable_pt_lim_ln. rewrite upd_id. exact P0.
    + exact Dp.
  - unfold scal; simpl; unfold mult; simpl. rewrite upd_id.
    unfold S_of_D, denoiser. set (P := marginal_density n q p t x) in *.
    replace (sumn n (fun k => q k * (p k t x * (- (x i - al t * z k i) / (be t * (be t * 1))))))
      with (/ (be t)^2 * (al t * sumn n (fun k => z k i * (q k * p k t x)) - x i * P)).
    + field. lra.
    + unfold P, marginal_density. rewrite <- !sumn_scal, <- sumn_minus, <- sumn_scal.
      apply sumn_ext; intros k Hk. field. auto.
Qed.
End MixtureScore.


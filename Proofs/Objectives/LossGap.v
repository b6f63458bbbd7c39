(* What separates L_CFM from L_FM: the variance of the data point given where one is. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Averages Differentiation Gaussian SymmetricMatrices ConditionalField
  AffinePaths LogSNR PosteriorMoments FullCovariance LossEquality.
Open Scope R_scope.

(* u_t(x|x1) is affine in the data point, with slope det/sigma. *)
Lemma path_velocity_slope p x1 t x i : sigma p t <> 0 ->
  path_velocity p x1 t x i
  = det p t / sigma p t * x1 i + halfVarianceDot p t / variance p t * x i.
Proof. intros H. unfold path_velocity, det, sigmaDot, variance. now field. Qed.

Section Gap.
Variables (points n d : nat) (p : path) (z : nat -> vec).     (* n data points in R^d *)
Variables (rho : nat -> R) (time : nat -> R) (place : nat -> vec).  (* finitely many (t, x) *)
Variables (q : nat -> R) (density : nat -> nat -> R).
Hypothesis Hq : forall k, (k < n)%nat -> 0 <= q k.
Hypothesis Hd : forall k s, (k < n)%nat -> 0 <= density k s.
Hypothesis Hs : forall s, sigma p (time s) <> 0.
Hypothesis Hn : forall s, sumn n (fun k => q k * density k s) <> 0.

Let W (k : nat) (s : nat) : vec := path_velocity p (z k) (time s) (place s).
Let E := Emix nat n q density (fun f => sumn points (fun s => rho s * f s)).
Let U := umix nat n q density W.
Definition posterior_variance (s : nat) : R :=
  sumn d (fun i => covariance n (fun k => q k * density k s) (fun k => z k i) (fun k => z k i)).

(* L_CFM - L_FM = E[(det/sigma)^2 tr Cov[x1|x]], whatever the model. *)
Theorem loss_gap (v : vec -> nat -> vec) (th : vec) :
  L_CFM (nat * nat) nat vec snd d E (fun o => W (fst o) (snd o)) v th
  = L_FM (nat * nat) nat vec snd d E U v th
    + sumn points (fun s => rho s * (sumn n (fun k => q k * density k s)
        * (det p (time s) / sigma p (time s) * (det p (time s) / sigma p (time s)) * posterior_variance s))).
Proof.
  destruct (finite_losses_equal_gradients points n d rho q density W Hq Hd v th 0 0) as (Main & _).
  unfold E, U. rewrite Main. f_equal. unfold Emix. apply sumn_ext. intros s _. f_equal. simpl.
  set (P := sumn n (fun k => q k * density k s)). assert (HP : P <> 0) by apply Hn.
  set (c := det p (time s) / sigma p (time s)). set (b := halfVarianceDot p (time s) / variance p (time s)).
  set (w := fun k => q k * density k s) in *.
  assert (EU : forall i, umix nat n q density W s i = c * average n w (fun k => z k i) + b * place s i).
  { intros i. unfold umix, average. fold w. fold P.
    rewrite (sumn_ext n _ (fun k => c * (w k * z k i) + b * place s i * w k)).
    - rewrite sumn_plus, !sumn_scal. fold P. now field.
    - intros k _. unfold W. rewrite path_velocity_slope by apply Hs. fold c b. unfold w. ring. }
  transitivity (sumn n (fun k => w k * (c * c * sumn d (fun i =>
      (average n w (fun k => z k i) - z k i) * (average n w (fun k => z k i) - z k i))))).
  - apply sumn_ext. intros k _. unfold w at 1. f_equal. unfold norm2, dot. rewrite <- sumn_scal.
    apply sumn_ext. intros i _. rewrite EU. unfold W. rewrite path_velocity_slope by apply Hs. fold c b. ring.
  - rewrite (sumn_ext n _ (fun k => c * c * sumn d (fun i =>
      w k * ((average n w (fun k => z k i) - z k i) * (average n w (fun k => z k i) - z k i)))))
      by (intros; rewrite sumn_scal; ring).
    rewrite sumn_scal, sumn_swap. unfold posterior_variance.
    match goal with |- _ = P * (c * c * ?v) => transitivity (c * c * (P * v)); [|ring] end.
    f_equal. rewrite <- sumn_scal.
    apply sumn_ext. intros i _. unfold covariance. fold w.
    set (D := average n w (fun k => z k i)).
    rewrite (sumn_ext n _ (fun k => (w k * (z k i * z k i) + (- 2 * D) * (w k * z k i)) + D * D * w k))
      by (intros; ring).
    rewrite !sumn_plus, !sumn_scal. fold P.
    assert (E1 : sumn n (fun k => w k * z k i) = D * P) by (unfold D, average; fold P; now field).
    rewrite E1. unfold average. fold P. field. exact HP.
Qed.
End Gap.

(* One Gaussian target, axis by axis: (det/sigma)^2 Var[x1|x] = det^2 s^2/V; the posterior standard
   deviation s sigma/sqrt(V) is that of [gauss_bayes]. *)
Theorem gaussian_loss_gap p t s : sigma p t <> 0 ->
  let V := alpha p t * alpha p t * (s * s) + variance p t in
  0 < V ->
  det p t / sigma p t * (det p t / sigma p t) * (s * sigma p t / sqrt V * (s * sigma p t / sqrt V))
  = det p t * det p t * (s * s) / V.
Proof.
  intros H0 V HV. assert (Q := sqrt_sqrt V (Rlt_le _ _ HV)). assert (Q0 := sqrt_lt_R0 _ HV).
  rewrite <- Q at 3. field. lra.
Qed.

(* One Gaussian target with a full covariance S, C = alpha^2 S + v I: the trace of the posterior covariance
   S - alpha^2 S C^-1 S gives det^2 tr(S C^-1). *)
Theorem full_gaussian_loss_gap p d (S : mat) t : regular p t -> symmetric S -> nonnegative d S ->
  let inverse_variance := inverse d (full_variance p (fun _ => S) t 0) in
  det p t / sigma p t * (det p t / sigma p t)
    * sumn d (fun i => S i i - alpha p t * alpha p t * product d (product d S inverse_variance) S i i)
  = det p t * det p t * sumn d (fun i => product d S inverse_variance i i).
Proof.
  intros Hp Hs Hn B. assert (H0 := nonzero_sigma p t Hp).
  rewrite (sumn_ext d _ (fun i => variance p t * product d S B i i)).
  - rewrite sumn_scal. unfold variance. field. easy.
  - intros i Hi. now apply (full_component_covariance p d (fun _ => S) (fun _ => Hs) (fun _ => Hn) t Hp 0).
Qed.

(* VP: the gap grows at least like 1/(1 - t), so L_CFM over all of [0, 1] is infinite and every VP loss
   needs a cut-off. *)
Theorem vp_loss_gap_diverges bmin bmax s t : 0 < bmin <= bmax -> 0 < s -> 0 <= t < 1 ->
  let p := VariancePreservingPath bmin bmax in
  let V := alpha p t * alpha p t * (s * s) + variance p t in
  bmin * bmin * exp (- bmax) * (s * s) / (4 * bmax * (s * s + 1)) / (1 - t)
  <= det p t * det p t * (s * s) / V.
Proof.
  intros Hb Hs Ht p V.
  assert (T0 := vp_T_pos bmin bmax (1 - t) Hb ltac:(lra)).
  assert (HV := vp_variance bmin bmax t Hb ltac:(lra)). fold p in HV.
  destruct (vp_regular bmin bmax t Hb ltac:(lra)) as (S0 & _). fold p in S0.
  assert (HD := vp_det bmin bmax t Hb ltac:(lra)). cbv zeta in HD. fold p in HD.
  assert (A2 : alpha p t * alpha p t = exp (- vp_T bmin bmax (1 - t))) by apply vp_square.
  set (r := 1 - t) in *. set (T := vp_T bmin bmax r) in *. set (b := vp_beta bmin bmax r) in *.
  assert (Hr : 0 < r <= 1) by (unfold r; lra).
  assert (TB : T <= bmax * r).
  { unfold T, vp_T. assert (0 <= bmax - bmin) by lra. assert (r * r <= r) by nra. nra. }
  assert (B0 : bmin <= b) by (unfold b, vp_beta; nra).
  assert (E1 := exp_pos (- T)). assert (E2 : exp (- T) < 1) by now apply exp_neg_lt_1.
  assert (E3 : 1 - exp (- T) <= T).
  { assert (X : 1 + - T <= exp (- T)) by (apply Rlt_le, exp_ineq1; lra). lra. }
  assert (E4 : exp (- bmax) <= exp (- T)).
  { destruct (Req_dec (- bmax) (- T)) as [->|N]; [lra|]. apply Rlt_le, exp_increasing. nra. }
  assert (W0 : 0 < V) by (unfold V; rewrite A2, HV; nra).
  assert (W1 : V <= s * s + 1) by (unfold V; rewrite A2, HV; nra).
  assert (DD : det p t * det p t = b * b * exp (- T) / (4 * (1 - exp (- T)))).
  { rewrite HD, <- A2. unfold variance in HV. rewrite A2 in *. rewrite <- HV, <- A2. field. lra. }
  rewrite DD.
  assert (EB := exp_pos (- bmax)).
  assert (N1 : bmin * bmin * exp (- bmax) <= b * b * exp (- T)).
  { apply Rmult_le_compat; nra. }
  apply Rle_trans with (b * b * exp (- T) * (s * s) / (4 * bmax * (s * s + 1)) / r).
  - unfold Rdiv. apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat; lra|].
    apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat; nra|]. apply Rmult_le_compat_r; nra.
  - replace (b * b * exp (- T) * (s * s) / (4 * bmax * (s * s + 1)) / r)
      with (b * b * exp (- T) * (s * s) * / (4 * (bmax * r) * (s * s + 1))) by (field; nra).
    replace (b * b * exp (- T) / (4 * (1 - exp (- T))) * (s * s) / V)
      with (b * b * exp (- T) * (s * s) * / (4 * (1 - exp (- T)) * V)) by (field; lra).
    apply Rmult_le_compat_l; [apply Rmult_le_pos; nra|].
    apply Rinv_le_contravar; [apply Rmult_lt_0_compat; lra|].
    apply Rmult_le_compat; try lra; nra.
Qed.

(* A path is two functions, alpha and sigma; everything else is derived once. Here: the record, the ten
   rows of the path table with their derivatives, and that every row generates its conditional path.

   X_t = alpha(t) x1 + sigma(t) x0. The derivative of sigma is carried as v'/2 = sigma sigma', which
   stays finite where sigma is a root that reaches zero. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian ConditionalField ContinuityEquation.
Open Scope R_scope.

Record path := Path
  { alpha : R -> R; sigma : R -> R; alphaDot : R -> R; halfVarianceDot : R -> R }.

Definition variance (p : path) (t : R) := sigma p t * sigma p t.
Definition sigmaDot (p : path) (t : R) := halfVarianceDot p t / sigma p t.
Definition det (p : path) (t : R) := alphaDot p t * sigma p t - alpha p t * sigmaDot p t.

(* The stated derivatives are the derivatives, and sigma is positive. *)
Definition regular (p : path) (t : R) :=
  0 < sigma p t /\ is_derive (alpha p) t (alphaDot p t) /\ is_derive (sigma p) t (sigmaDot p t).

Definition path_flow (p : path) (x1 : vec) (s : R) (x0 : vec) : vec :=
  fun i => sigma p s * x0 i + alpha p s * x1 i.
Definition path_density d (p : path) (x1 : vec) (s : R) (x : vec) : R :=
  gauss_vec d (fun i => alpha p s * x1 i) (fun _ => sigma p s) x.
Definition path_velocity (p : path) (x1 : vec) (s : R) (x : vec) : vec :=
  fun i => alphaDot p s * x1 i + halfVarianceDot p s / variance p s * (x i - alpha p s * x1 i).

(* At time t the velocity moves every point of the flow, no other field does, and together with the
   density it satisfies the continuity equation, in every dimension and for every data point. *)
Definition generates_its_path (p : path) (t : R) :=
  forall d x1,
    (forall x0 i, is_derive (fun s => path_flow p x1 s x0 i) t
                            (path_velocity p x1 t (path_flow p x1 t x0) i)) /\
    (forall w : vec -> vec,
       (forall x0 i, is_derive (fun s => path_flow p x1 s x0 i) t (w (path_flow p x1 t x0) i)) ->
       forall x i, w x i = path_velocity p x1 t x i) /\
    (forall x, continuity d (path_density d p x1) (path_velocity p x1) t x).

Lemma path_velocity_is_theorem_3 p x1 t x i : sigma p t <> 0 ->
  path_velocity p x1 t x i
  = conditional_velocity (fun j s => alpha p s * x1 j) (fun _ => sigma p)
      (fun j => alphaDot p t * x1 j) (fun _ => sigmaDot p t) t x i.
Proof. intros H. unfold path_velocity, conditional_velocity, variance, sigmaDot. now field. Qed.

(* u_t(x|x1) = alpha' x1 + (v'/(2v)) (x - alpha x1): Theorem 3 for any two differentiable functions. *)
Theorem regular_path_generates p t : regular p t -> generates_its_path p t.
Proof.
  intros (H0 & Ha & Hs) d x1.
  assert (Hn : sigma p t <> 0) by lra.
  assert (Hm : forall i : nat, is_derive (fun s => alpha p s * x1 i) t (alphaDot p t * x1 i))
    by (intros i; exact (is_derive_scal_l (alpha p) t _ (x1 i) Ha)).
  refine (conj _ (conj _ _)).
  - intros x0 i. rewrite path_velocity_is_theorem_3 by easy.
    apply (conditional_velocity_generates (fun j s => alpha p s * x1 j) (fun _ => sigma p)); auto.
  - intros w Hw x i. rewrite path_velocity_is_theorem_3 by easy.
    apply (conditional_velocity_unique (fun j s => alpha p s * x1 j) (fun _ => sigma p)); auto.
  - intros x.
    apply continuity_ext with
      (fun s y i => sigmaDot p s / sigma p s * (y i - alpha p s * x1 i) + alphaDot p s * x1 i).
    + intros y i. unfold path_velocity, variance, sigmaDot. now field.
    + apply (conditional_path_continuity d (fun i s => alpha p s * x1 i) (fun _ => sigma p)
               (fun i s => alphaDot p s * x1 i) (fun _ => sigmaDot p)); auto.
Qed.

(* ---------- the rows ---------- *)
Lemma is_derive_root (v : R -> R) (t h : R) : is_derive v t (2 * h) -> 0 < v t ->
  is_derive (fun s => sqrt (v s)) t (h / sqrt (v t)).
Proof.
  intros Hv H0. assert (Hq := sqrt_lt_R0 _ H0).
  eapply is_derive_eq.
  - apply (is_derive_comp sqrt v); [apply is_derive_sqrt; [apply is_derive_id|exact H0]|exact Hv].
  - unfold scal, one; simpl; unfold mult; simpl. field. lra.
Qed.

Lemma regular_root (a da v h : R -> R) (t : R) :
  is_derive a t (da t) -> is_derive v t (2 * h t) -> 0 < v t ->
  regular (Path a (fun s => sqrt (v s)) da h) t.
Proof.
  intros Ha Hv H0. refine (conj _ (conj _ _)); simpl.
  - now apply sqrt_lt_R0.
  - exact Ha.
  - unfold sigmaDot; simpl. now apply is_derive_root.
Qed.

Lemma regular_direct (a da s h : R -> R) (t ds : R) :
  is_derive a t (da t) -> is_derive s t ds -> 0 < s t -> h t = s t * ds ->
  regular (Path a s da h) t.
Proof.
  intros Ha Hs H0 Hh. refine (conj H0 (conj Ha _)). unfold sigmaDot; simpl.
  replace (h t / s t) with ds by (rewrite Hh; field; lra). exact Hs.
Qed.

Lemma is_derive_identity (t : R) : is_derive (fun s : R => s) t 1.
Proof. exact (is_derive_id (K := R_AbsRing) t). Qed.

Definition OptimalTransportPath (smin : R) : path :=
  Path (fun t => t) (fun t => (1 - t) + smin * t)
       (fun _ => 1) (fun t => - (1 - smin) * ((1 - t) + smin * t)).

Lemma ot_regular smin t : 0 < (1 - t) + smin * t -> regular (OptimalTransportPath smin) t.
Proof.
  intros H. apply regular_direct with (- (1 - smin)).
  - apply is_derive_identity.
  - auto_derive; [easy|ring].
  - exact H.
  - ring.
Qed.

(* beta(r) = bmin + r (bmax - bmin) and T(r), its integral from 0 to r. *)
Definition vp_beta (bmin bmax r : R) := bmin + r * (bmax - bmin).
Definition vp_T (bmin bmax r : R) := r * bmin + r * r * (bmax - bmin) / 2.

Lemma exp_gt_1 x : 0 < x -> 1 < exp x.
Proof. intros. rewrite <- exp_0. now apply exp_increasing. Qed.

Definition VariancePreservingPath (bmin bmax : R) : path :=
  Path (fun t => exp (- vp_T bmin bmax (1 - t) / 2))
       (fun t => sqrt (1 - exp (- vp_T bmin bmax (1 - t))))
       (fun t => vp_beta bmin bmax (1 - t) * exp (- vp_T bmin bmax (1 - t) / 2) / 2)
       (fun t => - vp_beta bmin bmax (1 - t) * exp (- vp_T bmin bmax (1 - t)) / 2).

Lemma vp_T_pos bmin bmax r : 0 < bmin <= bmax -> 0 < r -> 0 < vp_T bmin bmax r.
Proof.
  intros Hb Hr. unfold vp_T. assert (0 < r * bmin) by nra.
  assert (0 <= r * r * (bmax - bmin)) by (apply Rmult_le_pos; nra). lra.
Qed.

Lemma exp_neg_lt_1 x : 0 < x -> exp (- x) < 1.
Proof. intros. rewrite <- exp_0. apply exp_increasing. lra. Qed.

Lemma vp_regular_at bmin bmax t : 0 < vp_T bmin bmax (1 - t) ->
  regular (VariancePreservingPath bmin bmax) t.
Proof.
  intros P. apply regular_root; unfold vp_beta, vp_T.
  - auto_derive; [easy|]. unfold Rdiv, Rminus. field.
  - auto_derive; [easy|]. unfold Rdiv, Rminus. field.
  - assert (E := exp_neg_lt_1 _ P). unfold vp_T in E. lra.
Qed.

Lemma vp_regular bmin bmax t : 0 < bmin <= bmax -> t < 1 ->
  regular (VariancePreservingPath bmin bmax) t.
Proof. intros Hb Ht. apply vp_regular_at, vp_T_pos; lra. Qed.

Definition VarianceExplodingPath (smin smax : R) : path :=
  let L := ln (smax / smin) in
  Path (fun _ => 1) (fun t => smin * sqrt (exp (2 * (1 - t) * L) - 1))
       (fun _ => 0) (fun t => - (smin * smin) * L * exp (2 * (1 - t) * L)).

Lemma ln_ratio_pos smin smax : 0 < smin < smax -> 0 < ln (smax / smin).
Proof.
  intros H. rewrite <- ln_1. apply ln_increasing; [lra|].
  apply Rmult_lt_reg_r with smin; [lra|]. replace (smax / smin * smin) with smax by (field; lra). lra.
Qed.

Lemma ve_regular smin smax t : 0 < smin < smax -> t < 1 ->
  regular (VarianceExplodingPath smin smax) t.
Proof.
  intros Hs Ht. assert (L0 := ln_ratio_pos _ _ Hs).
  unfold VarianceExplodingPath. set (L := ln (smax / smin)) in *.
  assert (P : 1 < exp (2 * (1 - t) * L)) by (apply exp_gt_1; nra).
  assert (Q : 0 < sqrt (exp (2 * (1 - t) * L) - 1)) by (apply sqrt_lt_R0; lra).
  apply regular_direct with (smin * (- L * exp (2 * (1 - t) * L) / sqrt (exp (2 * (1 - t) * L) - 1))).
  - apply (is_derive_const 1).
  - apply (is_derive_scal (fun t => sqrt (exp (2 * (1 - t) * L) - 1))).
    apply (is_derive_root (fun t => exp (2 * (1 - t) * L) - 1) t (- L * exp (2 * (1 - t) * L)));
      [|lra].
    auto_derive; [easy|]. unfold Rdiv, Rminus. ring.
  - nra.
  - field. lra.
Qed.

Definition GeometricVarianceExplodingPath (smin smax : R) : path :=
  let L := ln (smax / smin) in
  Path (fun _ => 1) (fun t => smax * exp (- t * L))
       (fun _ => 0) (fun t => - L * ((smax * exp (- t * L)) * (smax * exp (- t * L)))).

Lemma ve_geometric_regular smin smax t : 0 < smax ->
  regular (GeometricVarianceExplodingPath smin smax) t.
Proof.
  intros Hs. unfold GeometricVarianceExplodingPath. set (L := ln (smax / smin)).
  apply regular_direct with (smax * (- L * exp (- t * L))).
  - apply (is_derive_const 1).
  - auto_derive; [easy|]. unfold Rdiv, Rminus. ring.
  - apply Rmult_lt_0_compat; [easy|apply exp_pos].
  - ring.
Qed.

Definition CosinePath : path :=
  Path (fun t => sin (PI * (t / 2))) (fun t => sin (PI * ((1 - t) / 2)))
       (fun t => PI / 2 * cos (PI * (t / 2))) (fun t => - (PI / 4) * sin (PI * (1 - t))).

Lemma cosine_regular t : -1 < t < 1 -> regular CosinePath t.
Proof.
  intros Ht. assert (P := PI_RGT_0).
  apply regular_direct with (- (PI / 2) * cos (PI * ((1 - t) / 2))).
  - auto_derive; [easy|]. unfold Rdiv, Rminus. ring.
  - auto_derive; [easy|]. unfold Rdiv, Rminus. ring.
  - apply sin_gt_0; nra.
  - replace (PI * (1 - t)) with (2 * (PI * ((1 - t) / 2))) by field.
    rewrite sin_2a. field.
Qed.

Definition LinearVariancePreservingPath : path :=
  Path (fun t => t) (fun t => sqrt ((1 - t) * (1 + t))) (fun _ => 1) (fun t => - t).

Lemma linear_vp_regular t : -1 < t < 1 -> regular LinearVariancePreservingPath t.
Proof.
  intros Ht. apply regular_root.
  - apply is_derive_identity.
  - auto_derive; [easy|ring].
  - nra.
Qed.

Definition PolynomialPath (n : R) : path :=
  Path (fun t => Rpower t n) (fun t => 1 - Rpower t n)
       (fun t => n * Rpower t (n - 1)) (fun t => - (n * Rpower t (n - 1)) * (1 - Rpower t n)).

Lemma Rpower_lt_1 t n : 0 < t < 1 -> 0 < n -> 0 < Rpower t n < 1.
Proof.
  intros Ht Hn. unfold Rpower. split; [apply exp_pos|].
  assert (L : ln t < 0) by (rewrite <- ln_1; apply ln_increasing; lra).
  replace (n * ln t) with (- (n * - ln t)) by ring. apply exp_neg_lt_1. nra.
Qed.

Lemma Rpower_minus_1 t n : 0 < t -> Rpower t (n - 1) = Rpower t n / t.
Proof.
  intros Ht. unfold Rminus. rewrite Rpower_plus, Rpower_Ropp, Rpower_1 by easy. reflexivity.
Qed.

Lemma is_derive_Rpower t n : 0 < t -> is_derive (fun s => Rpower s n) t (n * Rpower t (n - 1)).
Proof.
  intros Ht. rewrite Rpower_minus_1 by easy. unfold Rpower. auto_derive; [easy|]. field. lra.
Qed.

Lemma polynomial_regular n t : 0 < n -> 0 < t < 1 -> regular (PolynomialPath n) t.
Proof.
  intros Hn Ht. assert (P := Rpower_lt_1 t n Ht Hn).
  apply regular_direct with (- (n * Rpower t (n - 1))).
  - apply is_derive_Rpower; lra.
  - eapply is_derive_eq.
    + apply (is_derive_minus (fun _ => 1) (fun s => Rpower s n)); [apply (is_derive_const 1)|].
      apply is_derive_Rpower; lra.
    + unfold minus, plus, opp, zero; simpl. ring.
  - lra.
  - ring.
Qed.

Definition ShiftedOptimalTransportPath (s : R) : path :=
  Path (fun t => t) (fun t => (1 - t) + s) (fun _ => 1) (fun t => - ((1 - t) + s)).

Lemma shifted_ot_regular s t : 0 < (1 - t) + s -> regular (ShiftedOptimalTransportPath s) t.
Proof.
  intros H. apply regular_direct with (-1).
  - apply is_derive_identity.
  - auto_derive; [easy|ring].
  - exact H.
  - ring.
Qed.

Definition IndependentCouplingPath (s : R) : path :=
  Path (fun t => t) (fun t => sqrt ((1 - t) * (1 - t) + s * s)) (fun _ => 1) (fun t => - (1 - t)).

Lemma icfm_regular s t : 0 < (1 - t) * (1 - t) + s * s -> regular (IndependentCouplingPath s) t.
Proof.
  intros H. apply regular_root.
  - apply is_derive_identity.
  - auto_derive; [easy|ring].
  - exact H.
Qed.

Definition SchrodingerBridgePath (s : R) : path :=
  Path (fun t => t) (fun t => sqrt ((1 - t) * ((1 - t) + s * s * t)))
       (fun _ => 1) (fun t => (s * s * (1 - 2 * t) - 2 * (1 - t)) / 2).

Lemma schrodinger_bridge_variance_pos s t : 0 <= t < 1 -> 0 < (1 - t) * ((1 - t) + s * s * t).
Proof. intros H. assert (0 <= s * s * t) by (apply Rmult_le_pos; nra). nra. Qed.

Lemma schrodinger_bridge_regular s t : 0 <= t < 1 -> regular (SchrodingerBridgePath s) t.
Proof.
  intros H. apply regular_root.
  - apply is_derive_identity.
  - auto_derive; [easy|field].
  - now apply schrodinger_bridge_variance_pos.
Qed.

(* Lipman et al., equations 20-21: alpha = t, sigma = (1 - t) + smin t = 1 - (1 - smin) t. *)
Theorem ot_path_generates smin t : 0 <= smin -> 0 <= t <= 1 -> 0 < smin \/ t < 1 ->
  generates_its_path (OptimalTransportPath smin) t.
Proof. intros. apply regular_path_generates, ot_regular. assert (0 <= smin * t) by nra. nra. Qed.

(* Lipman et al., equations 18-19 with beta linear: alpha = exp(-T/2), v = 1 - exp(-T), T = T(1 - t). *)
Theorem vp_path_generates bmin bmax t : 0 <= bmin -> 0 <= bmax -> 0 < bmin + bmax -> 0 <= t < 1 ->
  generates_its_path (VariancePreservingPath bmin bmax) t.
Proof.
  intros H0 H1 H Ht. apply regular_path_generates, vp_regular_at. unfold vp_T.
  replace ((1 - t) * bmin + (1 - t) * (1 - t) * (bmax - bmin) / 2)
    with ((1 - t) * (bmin * ((1 + t) / 2) + bmax * ((1 - t) / 2))) by field.
  apply Rmult_lt_0_compat; [lra|]. assert (0 <= bmin * ((1 + t) / 2)) by (apply Rmult_le_pos; lra).
  assert (0 <= bmax * ((1 - t) / 2)) by (apply Rmult_le_pos; lra).
  destruct (Req_dec bmin 0) as [->|N]; [assert (0 < bmax * ((1 - t) / 2)) by (apply Rmult_lt_0_compat; lra); lra|].
  assert (0 < bmin * ((1 + t) / 2)) by (apply Rmult_lt_0_compat; lra). lra.
Qed.

(* Lipman et al., equations 16-17: alpha = 1, v = smin^2 ((smax/smin)^(2 (1-t)) - 1). *)
Theorem ve_path_generates smin smax t : 0 < smin < smax -> t < 1 ->
  generates_its_path (VarianceExplodingPath smin smax) t.
Proof. intros. now apply regular_path_generates, ve_regular. Qed.

(* Song et al., geometric variance: alpha = 1, sigma = smax (smin/smax)^t. *)
Theorem ve_geometric_path_generates smin smax t : 0 < smax ->
  generates_its_path (GeometricVarianceExplodingPath smin smax) t.
Proof. intros. now apply regular_path_generates, ve_geometric_regular. Qed.

(* Albergo et al.: alpha = sin(pi t/2), sigma = sin(pi (1-t)/2). *)
Theorem cosine_path_generates t : 0 <= t < 1 -> generates_its_path CosinePath t.
Proof. intros. apply regular_path_generates, cosine_regular; lra. Qed.

(* alpha = t, v = 1 - t^2 = (1 - t)(1 + t). *)
Theorem linear_vp_path_generates t : 0 <= t < 1 -> generates_its_path LinearVariancePreservingPath t.
Proof. intros. apply regular_path_generates, linear_vp_regular; lra. Qed.

(* alpha = t^n, sigma = 1 - t^n, for every real n > 0. *)
Theorem polynomial_path_generates n t : 0 < n -> 0 < t < 1 -> generates_its_path (PolynomialPath n) t.
Proof. intros. now apply regular_path_generates, polynomial_regular. Qed.

(* alpha = t, sigma = (1 - t) + s: a trace of noise everywhere. *)
Theorem shifted_ot_path_generates s t : 0 <= s -> 0 <= t <= 1 -> 0 < s \/ t < 1 ->
  generates_its_path (ShiftedOptimalTransportPath s) t.
Proof. intros. apply regular_path_generates, shifted_ot_regular. lra. Qed.

(* Tong et al., independent coupling, noise point averaged out: alpha = t, v = (1-t)^2 + s^2. *)
Theorem icfm_path_generates s t : s <> 0 \/ t < 1 -> generates_its_path (IndependentCouplingPath s) t.
Proof.
  intros H. apply regular_path_generates, icfm_regular.
  assert (A := Rle_0_sqr (1 - t)). assert (B := Rle_0_sqr s). unfold Rsqr in *.
  destruct H as [H|H].
  - assert (C := Rsqr_pos_lt s H). unfold Rsqr in C. lra.
  - assert (C := Rsqr_pos_lt (1 - t) ltac:(lra)). unfold Rsqr in C. lra.
Qed.

(* Tong et al., bridge of variance s^2 t (1-t), noise point averaged out: v = (1-t)^2 + s^2 t (1-t). *)
Theorem schrodinger_bridge_path_generates s t : 0 <= t < 1 ->
  generates_its_path (SchrodingerBridgePath s) t.
Proof. intros. now apply regular_path_generates, schrodinger_bridge_regular. Qed.

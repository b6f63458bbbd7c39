(* Theorem 3 of Lipman et al.: the velocity of a Gaussian conditional path, and its uniqueness.
   The path moves a noise point x0 along x(t) = std(t) x0 + mean(t); every axis may have a standard
   deviation of its own (the paper has one for all). *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian.
Open Scope R_scope.

Section Axis.
Variables mean std : R -> R.
Variables meanDot stdDot t : R.
Hypothesis Hmean : is_derive mean t meanDot.
Hypothesis Hstd : is_derive std t stdDot.
Hypothesis Hnz : std t <> 0.

Definition axis_flow (s x0 : R) := std s * x0 + mean s.
Definition axis_velocity (x : R) := stdDot / std t * (x - mean t) + meanDot.

Lemma axis_flow_derivative x0 : is_derive (fun s => axis_flow s x0) t (stdDot * x0 + meanDot).
Proof.
  unfold axis_flow.
  apply (is_derive_plus (fun s => std s * x0) mean); [|exact Hmean].
  apply (is_derive_scal_l std t stdDot x0 Hstd).
Qed.

Lemma axis_velocity_generates x0 :
  is_derive (fun s => axis_flow s x0) t (axis_velocity (axis_flow t x0)).
Proof.
  eapply is_derive_eq; [apply axis_flow_derivative|].
  unfold axis_velocity, axis_flow. now field.
Qed.

(* The flow is onto, hence a field that moves every x0 is known at every x. *)
Lemma axis_velocity_unique (v : R -> R) :
  (forall x0, is_derive (fun s => axis_flow s x0) t (v (axis_flow t x0))) ->
  forall x, v x = axis_velocity x.
Proof.
  intros H x. set (x0 := (x - mean t) / std t).
  assert (E : axis_flow t x0 = x) by (unfold axis_flow, x0; now field).
  rewrite <- E.
  rewrite <- (is_derive_unique _ _ _ (H x0)).
  apply is_derive_unique, axis_velocity_generates.
Qed.
End Axis.

Section Vector.
Variable d : nat.
Variables mean std : nat -> R -> R.
Variables meanDot stdDot : nat -> R.
Variable t : R.
Hypothesis Hmean : forall i, is_derive (mean i) t (meanDot i).
Hypothesis Hstd : forall i, is_derive (std i) t (stdDot i).
Hypothesis Hnz : forall i, std i t <> 0.

Definition conditional_flow (s : R) (x0 : vec) : vec := fun i => std i s * x0 i + mean i s.
Definition conditional_velocity (x : vec) : vec :=
  fun i => stdDot i / std i t * (x i - mean i t) + meanDot i.

(* Lipman et al., Theorem 3 (equation 15):
     d/dt psi_t(x0) = u_t(psi_t(x0)),   u_t(x) = std'/std (x - mean) + mean'. *)
Theorem conditional_velocity_generates x0 i :
  is_derive (fun s => conditional_flow s x0 i) t (conditional_velocity (conditional_flow t x0) i).
Proof.
  exact (axis_velocity_generates (mean i) (std i) _ _ t (Hmean i) (Hstd i) (Hnz i) (x0 i)).
Qed.

(* ... and no other field moves every psi_t(x0): unique for the flow, not for the densities
   (see [path_does_not_determine_field] in Refutations). *)
Theorem conditional_velocity_unique (v : vec -> vec) :
  (forall x0 i, is_derive (fun s => conditional_flow s x0 i) t (v (conditional_flow t x0) i)) ->
  forall x i, v x i = conditional_velocity x i.
Proof.
  intros H x i. set (x0 := fun j => (x j - mean j t) / std j t).
  assert (E : conditional_flow t x0 = x).
  { apply functional_extensionality; intros j; unfold conditional_flow, x0. now field. }
  rewrite <- E.
  rewrite <- (is_derive_unique _ _ _ (H x0 i)).
  apply is_derive_unique, conditional_velocity_generates.
Qed.
End Vector.

(* "w is the field of the axis flow at time t": it moves every x0, and it is the only one. *)
Definition generates (mean std : R -> R) (t : R) (w : R -> R) :=
  (forall x0, is_derive (fun s => axis_flow mean std s x0) t (w (axis_flow mean std t x0))) /\
  (forall v, (forall x0, is_derive (fun s => axis_flow mean std s x0) t (v (axis_flow mean std t x0))) ->
   forall x, v x = w x).

Lemma generates_by_theorem_3 mean std meanDot stdDot t w :
  is_derive mean t meanDot -> is_derive std t stdDot -> std t <> 0 ->
  (forall x, stdDot / std t * (x - mean t) + meanDot = w x) ->
  generates mean std t w.
Proof.
  intros Hm Hs H0 Hw; split.
  - intros x0. rewrite <- Hw. now apply (axis_velocity_generates mean std meanDot stdDot t).
  - intros v Hv x. rewrite <- Hw. now apply (axis_velocity_unique mean std meanDot stdDot t).
Qed.

(* Push-forward: [psi_t]_* N(0,1) = N(mean, std^2), by the change of variables (equation 3). *)
Lemma axis_flow_pushes_density (mu sigma : R -> R) t x0 : sigma t <> 0 ->
  gauss (mu t) (sigma t) (axis_flow mu sigma t x0) * sigma t = gauss 0 1 x0.
Proof.
  intros H. assert (Hp := Rgt_not_eq _ _ sqrt2pi_pos).
  unfold gauss, axis_flow.
  replace (- (sigma t * x0 + mu t - mu t)^2 / (2 * (sigma t)^2)) with (- (x0 - 0)^2 / (2 * 1^2))
    by (field; auto).
  field. auto.
Qed.

Lemma axis_density_has_size (mu sigma : R -> R) t x0 : sigma t <> 0 ->
  gauss (mu t) (Rabs (sigma t)) (axis_flow mu sigma t x0) * Rabs (sigma t) = gauss 0 1 x0.
Proof.
  intros H. rewrite <- (axis_flow_pushes_density mu sigma t x0 H). assert (Hp := Rgt_not_eq _ _ sqrt2pi_pos).
  assert (A := Rabs_no_R0 _ H). unfold gauss. rewrite pow2_abs. field. split; [|split]; auto.
Qed.

Lemma Rabs_prodn d f : Rabs (prodn d f) = prodn d (fun i => Rabs (f i)).
Proof. induction d; simpl; [apply Rabs_R1|]. now rewrite Rabs_mult, IHd. Qed.

(* Lipman et al., equation 3 for equation 11: p_t(psi_t(x0)) |det d psi_t/d x0| = p_0(x0), for a std of any sign: p_t is
   normal with the std |sigma_i| on axis i. *)
Theorem flow_pushes_density d (mu sigma : nat -> R -> R) t x0 : (forall i, sigma i t <> 0) ->
  gauss_vec d (fun i => mu i t) (fun i => Rabs (sigma i t)) (conditional_flow mu sigma t x0) * Rabs (prodn d (fun i => sigma i t))
  = gauss_vec d (fun _ => 0) (fun _ => 1) x0.
Proof.
  intros H. rewrite Rabs_prodn. unfold gauss_vec. induction d; simpl; [ring|].
  rewrite <- IHd. rewrite <- (axis_density_has_size (mu d) (sigma d) t (x0 d) (H d)).
  unfold conditional_flow, axis_flow. ring.
Qed.

(* The mass of every interval is carried along: the integral form of the same statement. *)
Theorem flow_preserves_mass (mu sigma : R -> R) t a b : sigma t <> 0 ->
  RInt (gauss (mu t) (sigma t)) (axis_flow mu sigma t a) (axis_flow mu sigma t b) = RInt (gauss 0 1) a b.
Proof.
  intros H. unfold axis_flow.
  rewrite <- (RInt_comp_lin (V := R_CompleteNormedModule) (gauss (mu t) (sigma t)) (sigma t) (mu t) a b).
  - apply RInt_ext. intros x _. unfold scal; simpl; unfold mult; simpl.
    rewrite Rmult_comm. apply (axis_flow_pushes_density mu sigma t x H).
  - apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros z _. now apply gauss_continuous.
Qed.

(* Claims met in the literature and in lectures that are false as stated, each with the smallest
   counterexample found. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Averages Differentiation Gaussian GaussianIntegrals GaussianLine ConditionalField
  ContinuityEquation AffinePaths PosteriorMoments GaussianFlow.
Open Scope R_scope.

(* A normal density of mean 0 moved by a linear field c x: its standard deviation must grow at rate c. *)
Lemma linear_field_fixes_the_rate (S : R -> R) (dS c : R -> R) t :
  is_derive S t (dS t) -> 0 < S t ->
  continuity_1d (fun s x => gauss 0 (S s) x) (fun s x => c s * x) t 0 -> dS t = c t * S t.
Proof.
  intros HS H0 (dp & df & H1 & H2 & H3). assert (G := gauss_pos 0 (S t) 0 H0).
  assert (E1 : dp = gauss 0 (S t) 0 * - (dS t / S t)).
  { assert (D := gauss_derive_t (fun _ => 0) S 0 (dS t) t 0 (is_derive_const 0 t) HS ltac:(lra)).
    rewrite <- (Derive_value _ _ _ H1), (Derive_value _ _ _ D). unfold gauss_dt. field. lra. }
  assert (E2 : df = gauss 0 (S t) 0 * c t).
  { assert (D := gauss_derive_flux 0 (S t) (c t) 0 0 ltac:(lra)).
    assert (D' : is_derive (fun y => gauss 0 (S t) y * (c t * y)) 0
                   (gauss 0 (S t) 0 * (c t - (0 - 0) / S t ^ 2 * (c t * (0 - 0) + 0)))).
    { eapply is_derive_ext; [|exact D]. intros y. cbv beta. f_equal. real_ring. }
    rewrite <- (Derive_value _ _ _ H2), (Derive_value _ _ _ D'). field. lra. }
  rewrite E1, E2 in H3.
  assert (F : gauss 0 (S t) 0 * (c t - dS t / S t) = 0) by lra.
  apply Rmult_integral in F. destruct F as [F|F]; [lra|].
  replace (c t) with (dS t / S t) by lra. field. lra.
Qed.

(* ---------- the lecture's sign: "dz/dt = v" together with "v = x - eps" ---------- *)
Definition lecture_path (x eps t : R) := (1 - t) * x + t * eps.

(* Along z = (1-t) x + t eps the derivative is eps - x; x - eps is it only if x = eps. *)
Theorem lecture_target_is_not_the_derivative x eps t :
  is_derive (lecture_path x eps) t (x - eps) <-> x = eps.
Proof.
  assert (D : is_derive (lecture_path x eps) t (eps - x)) by (unfold lecture_path; auto_derive; [easy|ring]).
  split.
  - intros H. assert (E := Derive_value _ _ _ H). rewrite (Derive_value _ _ _ D) in E. lra.
  - intros E. replace (x - eps) with (eps - x) by lra. exact D.
Qed.

(* Solving dz/dt = x - eps from z(1) = eps down to t = 0 ends at 2 eps - x: with x = 0, eps = 1, at 2. *)
Theorem lecture_ode_misses_the_data :
  exists z : R -> R, z 1 = 1 /\ (forall t, is_derive z t (0 - 1)) /\ z 0 = 2.
Proof.
  exists (fun t => 2 - t). refine (conj _ (conj _ _)); try lra. intros t. auto_derive; [easy|ring].
Qed.

(* Its sampler, z <- z + dt v while t falls, is right: N steps from eps land on x. *)
Theorem lecture_sampler_reaches_the_data x eps n : (0 < n)%nat ->
  Nat.iter n (fun z => z + / INR n * (x - eps)) eps = x.
Proof.
  intros Hn. assert (P : 0 < INR n) by now apply lt_0_INR.
  assert (E : forall k, Nat.iter k (fun z => z + / INR n * (x - eps)) eps = eps + INR k * / INR n * (x - eps)).
  { induction k; simpl Nat.iter; [simpl; ring|]. rewrite IHk, S_INR. ring. }
  rewrite E. field. lra.
Qed.

(* Nor does x - eps satisfy the continuity equation in the lecture's time: data at 0, p_t = N(0, t^2),
   field -z/t, at t = 1, z = 0. *)
Theorem lecture_continuity_equation_fails :
  ~ continuity_1d (fun t z => gauss 0 t z) (fun t z => - (1 / t) * z) 1 0.
Proof.
  intros C. apply (linear_field_fixes_the_rate (fun t => t) (fun _ => 1)) in C; [lra| |lra].
  exact (is_derive_id (K := R_AbsRing) 1).
Qed.

(* ---------- the VE sign ---------- *)
(* u = -(s'_{1-t}/s_{1-t}) (x - x1) read with the prime as d/dt of s_{1-t} is minus the field. *)
Theorem ve_naive_sign (s : R -> R) (ds x1 t : R) :
  is_derive s (1 - t) ds -> s (1 - t) <> 0 -> ds <> 0 ->
  ~ generates (fun _ => x1) (fun r => s (1 - r)) t
      (fun x => - (Derive (fun r => s (1 - r)) t / s (1 - t)) * (x - x1)).
Proof.
  intros Hs H0 Hd [G _].
  assert (N := is_derive_reversed s t ds Hs).
  assert (U := axis_velocity_unique (fun _ => x1) (fun r => s (1 - r)) 0 (- ds) t
                 (is_derive_const x1 t) N H0
                 (fun x => - (Derive (fun r => s (1 - r)) t / s (1 - t)) * (x - x1)) G (x1 + s (1 - t))).
  assert (E : Derive (fun r : R => s (1 - r)) t = - ds) by exact (is_derive_unique _ _ _ N).
  unfold axis_velocity in U. cbv beta in U. rewrite E in U.
  replace (- (- ds / s (1 - t)) * (x1 + s (1 - t) - x1)) with ds in U by now field.
  replace (- ds / s (1 - t) * (x1 + s (1 - t) - x1) + 0) with (- ds) in U by now field. lra.
Qed.

(* ---------- a standard normal target: the data distribution is the noise distribution ---------- *)
Definition standard_velocity (t x : R) : R :=
  gaussian_velocity (OptimalTransportPath 0) 1 (fun _ => 0) (fun _ => 1) t (fun _ => x) 0%nat.
Definition standard_trajectory (x0 t : R) : R :=
  gaussian_flow (OptimalTransportPath 0) (fun _ => 0) (fun _ => 1) 0 t (fun _ => x0) 0%nat.
Definition standard_variance (t : R) := t * t + (1 - t) * (1 - t).

Lemma standard_regular t : 0 <= t < 1 -> regular (OptimalTransportPath 0) t.
Proof. intros. apply ot_regular. lra. Qed.

Lemma standard_variance_pos t : 0 < standard_variance t.
Proof. unfold standard_variance. nra. Qed.

Lemma standard_velocity_value t x : 0 <= t < 1 ->
  standard_velocity t x = (2 * t - 1) / standard_variance t * x.
Proof.
  intros Ht. assert (P := standard_variance_pos t). unfold standard_velocity.
  rewrite single_weight_velocity by now apply standard_regular.
  unfold target_variance, variance, standard_variance in *; simpl in *. field. lra.
Qed.

Lemma standard_trajectory_value x0 t : standard_trajectory x0 t = sqrt (standard_variance t) * x0.
Proof.
  unfold standard_trajectory, gaussian_flow, target_variance, variance, standard_variance; simpl.
  match goal with |- _ + sqrt ?r * _ = _ => replace r with (t * t + (1 - t) * (1 - t)) by field end.
  ring.
Qed.

(* Straight conditional paths do not make straight trajectories: here every conditional path is a straight
   line, and the trajectory from x0 = 1 starts and ends at 1 but passes sqrt(1/2) half-way. *)
Theorem marginal_trajectories_are_curved :
  (forall t, 0 <= t < 1 -> is_derive (standard_trajectory 1) t (standard_velocity t (standard_trajectory 1 t))) /\
  standard_trajectory 1 0 = 1 /\ standard_trajectory 1 1 = 1 /\ standard_trajectory 1 (1 / 2) < 1.
Proof.
  refine (conj _ (conj _ (conj _ _))).
  - intros t Ht. destruct (gaussian_flow_solves (OptimalTransportPath 0) 1 (fun _ => 0) (fun _ => 1) 0
      (standard_regular 0 ltac:(lra)) t (fun _ => 1) 0 (standard_regular t Ht)) as (_ & D).
    unfold standard_trajectory, standard_velocity. eapply is_derive_eq; [exact D|].
    rewrite !single_weight_velocity by now apply standard_regular. reflexivity.
  - rewrite standard_trajectory_value. unfold standard_variance.
    replace (0 * 0 + (1 - 0) * (1 - 0)) with 1 by ring. rewrite sqrt_1. ring.
  - rewrite standard_trajectory_value. unfold standard_variance.
    replace (1 * 1 + (1 - 1) * (1 - 1)) with 1 by ring. rewrite sqrt_1. ring.
  - rewrite standard_trajectory_value, Rmult_1_r. rewrite <- sqrt_1 at 2. apply sqrt_lt_1_alt.
    unfold standard_variance. lra.
Qed.

(* Nor is Euler exact: one Euler step of the marginal field sends every noise point to the mean. *)
Theorem one_euler_step_collapses x : x + 1 * standard_velocity 0 x = 0.
Proof. rewrite standard_velocity_value by lra. unfold standard_variance. field. Qed.

(* "Linear interpolation gives the straightest paths": with the same data the cosine path's marginal field is 0, its trajectories
   rest, and those of the linear path leave and come back. *)
Theorem linear_interpolation_is_not_the_straightest :
  (forall t x, 0 <= t < 1 -> gaussian_velocity CosinePath 1 (fun _ => 0) (fun _ => 1) t (fun _ => x) 0%nat = 0) /\
  standard_trajectory 1 0 = 1 /\ standard_trajectory 1 (1 / 2) < 1 /\ standard_trajectory 1 1 = 1.
Proof.
  destruct marginal_trajectories_are_curved as (_ & E0 & E1 & E2). refine (conj _ (conj E0 (conj E2 E1))).
  intros t x Ht. rewrite single_weight_velocity by (apply cosine_regular; lra).
  assert (E : sin (PI * (1 - t)) = 2 * sin (PI * (t / 2)) * cos (PI * (t / 2))).
  { rewrite <- sin_2a, <- sin_PI_x. f_equal. field. }
  assert (Z : alpha CosinePath t * alphaDot CosinePath t * (1 * 1) + halfVarianceDot CosinePath t = 0) by (simpl; rewrite E; field).
  rewrite Z.
  unfold Rdiv. ring.
Qed.

(* "Random pairing approximates optimal transport": transporting N(0,1) to itself costs nothing, and the
   action of the marginal field of the random pairing is 2 - pi/2 = 0.43. *)
Theorem random_pairing_action_is_not_optimal :
  (forall t, 0 <= t < 1 ->
     over_the_line (fun x => standard_velocity t x * standard_velocity t x * gauss 0 (sqrt (standard_variance t)) x)
                   ((2 * t - 1) * (2 * t - 1) / standard_variance t)) /\
  is_RInt (fun t => (2 * t - 1) * (2 * t - 1) / standard_variance t) 0 1 (2 - PI / 2) /\
  0 < 2 - PI / 2.
Proof.
  refine (conj _ (conj _ _)).
  - intros t Ht. assert (P := standard_variance_pos t). assert (Q := sqrt_lt_R0 _ P).
    assert (QQ := sqrt_sqrt _ (Rlt_le _ _ P)).
    apply over_the_line_ext with (fun x => (2 * t - 1) * (2 * t - 1) / (standard_variance t * standard_variance t)
       * ((x - 0) * (x - 0) * gauss 0 (sqrt (standard_variance t)) x)).
    + intros x. rewrite standard_velocity_value by easy. field. lra.
    + replace ((2 * t - 1) * (2 * t - 1) / standard_variance t)
        with ((2 * t - 1) * (2 * t - 1) / (standard_variance t * standard_variance t)
              * (sqrt (standard_variance t) * sqrt (standard_variance t))) by (rewrite QQ; field; lra).
      apply over_the_line_factor. now apply gauss_variance.
  - replace (2 - PI / 2) with ((2 * 1 - atan (2 * 1 - 1)) - (2 * 0 - atan (2 * 0 - 1))).
    2:{ replace (2 * 1 - 1) with 1 by ring. replace (2 * 0 - 1) with (- (1)) by ring.
        rewrite atan_opp, atan_1. field. }
    apply (is_RInt_derive (fun t => 2 * t - atan (2 * t - 1))).
    + intros t _. assert (P := standard_variance_pos t). unfold standard_variance in *.
      auto_derive; [easy|]. unfold Rsqr. field. split; nra.
    + intros t _. apply (ex_derive_continuous (V := R_NormedModule) (fun t => (2 * t - 1) * (2 * t - 1) / standard_variance t)).
      assert (P := standard_variance_pos t). unfold standard_variance in *. auto_derive. lra.
  - assert (H := PI_4). assert (N : PI <> 4).
    { intros E. assert (S := PI_ineq 1). unfold tg_alt, PI_tg in S. simpl in S. lra. }
    lra.
Qed.

(* The same for the pairing itself: points 0 and 1 on both sides, optimal cost 0, random pairing 1/2. *)
Theorem random_pairing_cost :
  let point (k : nat) := if Nat.eqb k 0 then 0 else 1 in
  sumn 2 (fun i => sumn 2 (fun j => / 4 * ((point i - point j) * (point i - point j)))) = 1 / 2 /\
  sumn 2 (fun i => / 2 * ((point i - point i) * (point i - point i))) = 0.
Proof. simpl. split; field. Qed.

(* "v_t(x_t) = x1 - x0" is no function of (t, x): the pairs (0, 1) and (1, 0) meet at t = 1/2 with
   velocities 1 and -1. *)
Theorem pair_velocity_is_not_a_field :
  ~ exists v : R -> R -> R, forall x0 x1 t, v t ((1 - t) * x0 + t * x1) = x1 - x0.
Proof.
  intros [v H]. assert (A := H 0 1 (1 / 2)). assert (B := H 1 0 (1 / 2)).
  replace ((1 - 1 / 2) * 0 + 1 / 2 * 1) with (1 / 2) in A by field.
  replace ((1 - 1 / 2) * 1 + 1 / 2 * 0) with (1 / 2) in B by field. lra.
Qed.

(* ---------- guidance ---------- *)
(* Two centred normals of variances V1 (unconditional) and V2 (class), moving at rates c1, c2; weight w.
   The tempered density has precision P = (1-w)/V1 + w/V2 and wants rate -P'/(2P); the guided field has
   rate (1-w) c1 + w c2. The difference vanishes only in special cases. *)
Theorem guided_rate_mismatch w V1 V2 c1 c2 : V1 <> 0 -> V2 <> 0 ->
  let P := (1 - w) / V1 + w / V2 in
  let PDot := - ((1 - w) * (2 * c1 * V1) / (V1 * V1) + w * (2 * c2 * V2) / (V2 * V2)) in
  P <> 0 ->
  ((1 - w) * c1 + w * c2) - - PDot / (2 * P) = - (w * (1 - w) * (c1 - c2) * (/ V1 - / V2) / P).
Proof.
  intros H1 H2 P PDot HP. unfold PDot.
  replace ((1 - w) * (2 * c1 * V1) / (V1 * V1)) with (2 * ((1 - w) * c1 / V1)) by (field; auto).
  replace (w * (2 * c2 * V2) / (V2 * V2)) with (2 * (w * c2 / V2)) by (field; auto).
  apply Rmult_eq_reg_r with P; [|exact HP].
  transitivity (((1 - w) * c1 + w * c2) * P - ((1 - w) * c1 / V1 + w * c2 / V2)); [field; auto|].
  transitivity (- (w * (1 - w) * (c1 - c2) * (/ V1 - / V2))); [|field; auto].
  unfold P. field. auto.
Qed.

(* Counterexample: OT path, unconditional N(0, 4), class N(0, 1), w = 2, at t = 1/2, x = 0. *)
Definition guided_V1 (t : R) := 4 * (t * t) + (1 - t) * (1 - t).
Definition guided_V2 (t : R) := t * t + (1 - t) * (1 - t).
Definition tempered_precision (t : R) := (1 - 2) / guided_V1 t + 2 / guided_V2 t.
Definition guided_rate (t : R) :=
  (1 - 2) * ((4 * t - (1 - t)) / guided_V1 t) + 2 * ((t - (1 - t)) / guided_V2 t).

(* The guided field and the density of precision P violate the continuity equation at t = 1/2, x = 0. *)
Theorem guided_field_does_not_generate_the_tempered_path :
  ~ continuity_1d (fun t x => gauss 0 (/ sqrt (tempered_precision t)) x) (fun t x => guided_rate t * x) (1 / 2) 0.
Proof.
  assert (P : tempered_precision (1 / 2) = 16 / 5)
    by (unfold tempered_precision, guided_V1, guided_V2; field).
  assert (Q : 0 < sqrt (16 / 5)) by (apply sqrt_lt_R0; lra).
  assert (QQ := sqrt_sqrt (16 / 5) ltac:(lra)).
  assert (DP : is_derive tempered_precision (1 / 2) (48 / 25)).
  { unfold tempered_precision, guided_V1, guided_V2. auto_derive; [lra|]. field. }
  assert (D : is_derive (fun t => / sqrt (tempered_precision t)) (1 / 2) (- (3 / 10) * / sqrt (16 / 5))).
  { eapply is_derive_eq.
    - apply (is_derive_inv (fun t => sqrt (tempered_precision t))).
      + apply (is_derive_root tempered_precision (1 / 2) (24 / 25)).
        * eapply is_derive_eq; [exact DP|]. field.
        * rewrite P. lra.
      + rewrite P. lra.
    - rewrite P. set (r := sqrt (16 / 5)) in *. replace (r ^ 2) with (r * r) by ring. rewrite QQ.
      field. lra. }
  intros C.
  apply (linear_field_fixes_the_rate _ (fun _ => - (3 / 10) * / sqrt (16 / 5))) in C; [|exact D|].
  - rewrite P in C. unfold guided_rate, guided_V1, guided_V2 in C.
    assert (I := Rinv_0_lt_compat _ Q). nra.
  - rewrite P. now apply Rinv_0_lt_compat.
Qed.

(* ---------- "the unique vector field generating the path" ---------- *)
(* In the plane a rotation about the mean can be added: the densities stay the same. Theorem 3's field is
   unique for the flow psi_t, not for the path. *)
Definition rotation (c : vec) (x : vec) : vec := fun i => if Nat.eqb i 0 then - (x 1%nat - c 1%nat) else x 0%nat - c 0%nat.

(* u plus the rotation satisfies the same continuity equation, for every regular path. *)
Theorem path_does_not_determine_field p x1 t x : regular p t ->
  continuity 2 (path_density 2 p x1)
    (fun s y i => path_velocity p x1 s y i + rotation (fun j => alpha p s * x1 j) y i) t x.
Proof.
  intros Hp. destruct (regular_path_generates p t Hp 2%nat x1) as (_ & _ & C).
  destruct (C x) as (dp & df & H1 & H2 & H3). destruct Hp as (S0 & _).
  set (c := fun j : nat => alpha p t * x1 j) in *.
  set (G := path_density 2 p x1 t x) in *.
  set (e := fun i => rotation c x i * (G * (- (x i - c i) / sigma p t ^ 2))).
  exists dp, (fun i => df i + e i). refine (conj H1 (conj _ _)).
  - intros i Hi.
    assert (D : is_derive (fun y => path_density 2 p x1 t (upd x i y)) (x i) (G * (- (x i - c i) / sigma p t ^ 2)))
      by exact (gauss_vec_derive_coord 2%nat c (fun _ => sigma p t) x i Hi S0).
    apply is_derive_ext with (fun y => path_density 2 p x1 t (upd x i y) * path_velocity p x1 t (upd x i y) i
                                       + rotation c x i * path_density 2 p x1 t (upd x i y)).
    + intros y. assert (E : rotation c (upd x i y) i = rotation c x i).
      { unfold rotation, upd. destruct i as [|[|i]]; simpl; easy || lia. }
      fold c. rewrite E. 
      real_ring.
    + apply is_derive_sum; [exact (H2 i Hi)|]. now apply is_derive_factor.
  - simpl in *. unfold e, rotation; simpl.
    replace (dp + (0 + (df 0%nat + - (x 1%nat - c 1%nat) * (G * (- (x 0%nat - c 0%nat) / (sigma p t * (sigma p t * 1)))))
      + (df 1%nat + (x 0%nat - c 0%nat) * (G * (- (x 1%nat - c 1%nat) / (sigma p t * (sigma p t * 1)))))))
      with (dp + (0 + df 0%nat + df 1%nat)) by (field; lra).
    exact H3.
Qed.

(* ---------- where the paths start and end ---------- *)
(* VP does not start at N(0, I): the mean at t = 0 still depends on the data point. *)
Theorem vp_start_remembers_the_data bmin bmax x1 : x1 <> 0 ->
  alpha (VariancePreservingPath bmin bmax) 0 * x1 <> 0.
Proof.
  intros H E. apply Rmult_integral in E. destruct E as [E|E]; [|easy].
  assert (P := exp_pos (- vp_T bmin bmax (1 - 0) / 2)). simpl in E. lra.
Qed.

(* The OT path with sigma_min > 0 ends at N(x1, sigma_min^2), not at the data point. *)
Theorem ot_end_is_smoothed smin x0 x1 i : smin <> 0 -> x0 i <> 0 ->
  path_flow (OptimalTransportPath smin) x1 1 x0 i <> x1 i.
Proof.
  intros Hs Hx E. unfold path_flow in E; simpl in E.
  assert (F : smin * x0 i = 0) by lra. apply Rmult_integral in F. destruct F; easy.
Qed.

(* DDPM: mixing with sqrt(alpha_k) where sqrt(abar_k) is meant is wrong from the second step on. *)
Theorem ddpm_mixing_needs_the_product a abar : 0 < a -> 0 < abar < 1 -> sqrt (abar * a) < sqrt a.
Proof. intros Ha Hb. apply sqrt_lt_1_alt. nra. Qed.

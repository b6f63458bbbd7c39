(* Paths conditional on a pair (x0, x1), after Tong et al.: mean t x1 + (1-t) x0 and standard deviation
   s (independent coupling) or s sqrt(t (1-t)) (bridge). Averaged over x0 ~ N(0,1) they are the affine
   paths of the path table: the same density and the same velocity. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian GaussianIntegrals GaussianLine ConditionalField
  AffinePaths.
Open Scope R_scope.

Definition pair_mean (x0 x1 t : R) := t * x1 + (1 - t) * x0.
Definition icfm_pair_velocity (x0 x1 : R) := x1 - x0.
Definition bridge_std (s t : R) := s * sqrt (t * (1 - t)).
Definition bridge_pair_velocity (x0 x1 t x : R) :=
  (1 - 2 * t) / (2 * (t * (1 - t))) * (x - pair_mean x0 x1 t) + (x1 - x0).

Lemma pair_mean_derive x0 x1 t : is_derive (pair_mean x0 x1) t (x1 - x0).
Proof. unfold pair_mean. auto_derive; [easy|ring]. Qed.

(* TG, independent coupling: mean t x1 + (1-t) x0, constant standard deviation: velocity x1 - x0. *)
Theorem icfm_pair_velocity_generates x0 x1 s t : s <> 0 ->
  generates (pair_mean x0 x1) (fun _ => s) t (fun _ => icfm_pair_velocity x0 x1).
Proof.
  intros H. apply (generates_by_theorem_3 _ _ (x1 - x0) 0).
  - apply pair_mean_derive.
  - apply (is_derive_const s).
  - exact H.
  - intros x. unfold icfm_pair_velocity. now field.
Qed.

(* TG, Schrodinger bridge: standard deviation s sqrt(t (1-t)): velocity (1-2t)/(2 t (1-t)) (x - mean) + x1 - x0. *)
Theorem bridge_pair_velocity_generates x0 x1 s t : 0 < s -> 0 < t < 1 ->
  generates (pair_mean x0 x1) (bridge_std s) t (bridge_pair_velocity x0 x1 t).
Proof.
  intros Hs Ht. assert (P : 0 < t * (1 - t)) by nra. assert (Q := sqrt_lt_R0 _ P).
  assert (S := sqrt_sqrt _ (Rlt_le _ _ P)).
  apply (generates_by_theorem_3 _ _ (x1 - x0) (s * ((1 - 2 * t) / 2 / sqrt (t * (1 - t))))).
  - apply pair_mean_derive.
  - unfold bridge_std. apply (is_derive_scal (fun t => sqrt (t * (1 - t)))).
    apply (is_derive_root (fun t => t * (1 - t))); [|exact P]. auto_derive; [easy|field].
  - unfold bridge_std. nra.
  - intros x. unfold bridge_std, bridge_pair_velocity. rewrite <- S at 3. field. lra.
Qed.

(* mean cos(pi t/2) x0 + sin(pi t/2) x1: velocity (pi/2) (cos(pi t/2) x1 - sin(pi t/2) x0). *)
Theorem trigonometric_pair_velocity x0 x1 t :
  is_derive (fun t => cos (PI * (t / 2)) * x0 + sin (PI * (t / 2)) * x1) t
            (PI / 2 * (cos (PI * (t / 2)) * x1 - sin (PI * (t / 2)) * x0)).
Proof. auto_derive; [easy|]. unfold Rdiv. ring. Qed.

Lemma gauss_shift m c r x : gauss (m + c) r x = gauss m r (x - c).
Proof. unfold gauss. do 3 f_equal. ring. Qed.

(* Any quantity A + B x0 averaged over x0 ~ N(0,1), given x ~ N(b x0 + c, r^2). *)
Lemma average_over_noise A B b c r x : 0 < r ->
  let V := b * b + r * r in
  over_the_line (fun x0 => (A + B * x0) * (gauss (b * x0 + c) r x * gauss 0 1 x0))
                ((A + B * (b * ((x - c) / V))) * gauss c (sqrt V) x).
Proof.
  intros Hr V. assert (V0 : 0 < V) by (unfold V; assert (0 <= b * b) by apply Rle_0_sqr; nra).
  assert (Q := sqrt_lt_R0 V V0).
  set (e := b * ((x - c) / V)). set (h := 1 * r / sqrt V).
  assert (Hh : 0 < h) by (unfold h; apply Rdiv_lt_0_compat; lra).
  assert (G := gauss_mean e h Hh A B). unfold over_the_line in *.
  apply is_RInt_gen_ext with (fun x0 => scal (gauss c (sqrt V) x) ((A + B * x0) * gauss e h x0)).
  - apply filter_forall. intros ab x0 _. unfold scal; simpl; unfold mult; simpl.
    rewrite gauss_shift, (gauss_bayes b r 0 1 V (x - c) x0) by (try lra; unfold V; ring).
    rewrite Rmult_0_r. replace (gauss c (sqrt V) x) with (gauss 0 (sqrt V) (x - c))
      by (rewrite <- gauss_shift; f_equal; ring).
    replace (0 + b * (1 * 1) * ((x - c - 0) / V)) with e by (unfold e; field; lra).
    fold h. ring.
  - rewrite (Rmult_comm _ (gauss c (sqrt V) x)).
    exact (is_RInt_gen_scal (V := R_NormedModule) _ (gauss c (sqrt V) x) _ G).
Qed.

Definition averages_to (p : path) (t : R) (pair_std : R) (pair_velocity : R -> R -> R -> R) :=
  forall x1 x : R,
    over_the_line (fun x0 => gauss (pair_mean x0 x1 t) pair_std x * gauss 0 1 x0)
                  (gauss (alpha p t * x1) (sigma p t) x) /\
    over_the_line (fun x0 => pair_velocity x0 x1 x * (gauss (pair_mean x0 x1 t) pair_std x * gauss 0 1 x0))
                  (path_velocity p (fun _ => x1) t (fun _ => x) 0%nat * gauss (alpha p t * x1) (sigma p t) x).

Lemma averages_by p t r pair_velocity (A B : R -> R -> R) : 0 < r -> alpha p t = t ->
  sigma p t = sqrt ((1 - t) * (1 - t) + r * r) ->
  (forall x0 x1 x, pair_velocity x0 x1 x = A x1 x + B x1 x * x0) ->
  (forall x1 x, A x1 x + B x1 x * ((1 - t) * ((x - t * x1) / ((1 - t) * (1 - t) + r * r)))
     = path_velocity p (fun _ => x1) t (fun _ => x) 0%nat) ->
  averages_to p t r pair_velocity.
Proof.
  intros Hr Ha Hs Hv HA x1 x. rewrite Ha, Hs. unfold pair_mean. split.
  - assert (M := average_over_noise 1 0 (1 - t) (t * x1) r x Hr). cbv zeta in M.
    replace ((1 + 0 * ((1 - t) * ((x - t * x1) / ((1 - t) * (1 - t) + r * r))))
             * gauss (t * x1) (sqrt ((1 - t) * (1 - t) + r * r)) x)
      with (gauss (t * x1) (sqrt ((1 - t) * (1 - t) + r * r)) x) in M by ring.
    eapply is_RInt_gen_ext; [|exact M]. apply filter_forall. intros ab x0 _.
    rewrite (Rplus_comm (t * x1)). real_ring.
  - rewrite <- HA. eapply is_RInt_gen_ext; [|exact (average_over_noise (A x1 x) (B x1 x) (1 - t) (t * x1) r x Hr)].
    apply filter_forall. intros ab x0 _. now rewrite (Rplus_comm (t * x1)), Hv.
Qed.

(* icfm: the pair field averaged over x0 is the Theorem-3 field of alpha = t, v = (1-t)^2 + s^2. *)
Theorem icfm_average s t : 0 < s ->
  averages_to (IndependentCouplingPath s) t s (fun x0 x1 _ => icfm_pair_velocity x0 x1).
Proof.
  intros Hs. apply (averages_by _ t s _ (fun x1 _ => x1) (fun _ _ => -1)); try easy.
  - intros x0 x1 _. unfold icfm_pair_velocity. ring.
  - intros x1 x. unfold path_velocity, variance; simpl.
    assert (A := Rle_0_sqr (1 - t)). unfold Rsqr in A.
    assert (0 < (1 - t) * (1 - t) + s * s) by nra. rewrite sqrt_sqrt by lra. field. lra.
Qed.

(* schrodinger_bridge: likewise, with v = (1-t)^2 + s^2 t (1-t). *)
Theorem schrodinger_bridge_average s t : 0 < s -> 0 < t < 1 ->
  averages_to (SchrodingerBridgePath s) t (bridge_std s t) (fun x0 x1 x => bridge_pair_velocity x0 x1 t x).
Proof.
  intros Hs Ht. assert (P : 0 < t * (1 - t)) by nra. assert (Q := sqrt_lt_R0 _ P).
  assert (S := sqrt_sqrt _ (Rlt_le _ _ P)).
  assert (E : bridge_std s t * bridge_std s t = s * s * (t * (1 - t)))
    by (unfold bridge_std; rewrite <- S at 3; ring).
  assert (V : 0 < (1 - t) * ((1 - t) + s * s * t)) by (apply schrodinger_bridge_variance_pos; lra).
  set (c := (1 - 2 * t) / (2 * (t * (1 - t)))).
  apply (averages_by _ t (bridge_std s t) _ (fun x1 x => c * (x - t * x1) + x1) (fun _ _ => - c * (1 - t) - 1)).
  - unfold bridge_std. nra.
  - easy.
  - simpl. f_equal. rewrite E. ring.
  - intros x0 x1 x. unfold bridge_pair_velocity, pair_mean. fold c. ring.
  - intros x1 x. unfold path_velocity, variance; simpl. rewrite sqrt_sqrt by lra. rewrite E.
    unfold c. replace ((1 - t) * (1 - t) + s * s * (t * (1 - t))) with ((1 - t) * ((1 - t) + s * s * t)) by ring.
    field. repeat split; nra.
Qed.

(* Flow matching on the line for a mixture target: the marginal field has a flow, the flow carries p_s to p_t,
   and at the end of the path it carries the noise to the data, whatever the path and whatever the mixture,
   point clouds included. No hypothesis is on the field or on trajectories. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Averages Differentiation LevelCurves Gaussian ConditionalField GaussianLine
  NormalMass ContinuityEquation AffinePaths PathEnds MarginalField PosteriorMoments TransportOnTheLine.
Open Scope R_scope.

Lemma filterlim_sumn n (F : (R -> Prop) -> Prop) (f : nat -> R -> R) (l : nat -> R) : Filter F ->
  (forall k, (k < n)%nat -> filterlim (f k) F (locally (l k))) ->
  filterlim (fun x => sumn n (fun k => f k x)) F (locally (sumn n l)).
Proof.
  intros FF. induction n; intros H; simpl; [apply filterlim_const|]. apply lim_sum; auto.
Qed.

Lemma at_left_filter x : Filter (at_left x).
Proof. apply within_filter, locally_filter. Qed.

Lemma lim_product (f g : R -> R) (k l : R) (F : (R -> Prop) -> Prop) : Filter F ->
  filterlim f F (locally k) -> filterlim g F (locally l) -> filterlim (fun x => f x * g x) F (locally (k * l)).
Proof.
  intros FF Hf Hg. eapply filterlim_comp_2; [exact Hf|exact Hg|]. exact (filterlim_mult (K := R_AbsRing) k l).
Qed.

(* below x, of a normal component or of a point: the mass of a law on the line *)
Definition law_below (m s x : R) : R :=
  if Req_EM_T s 0 then (if Rle_dec m x then 1 else 0) else normal_mass m (Rabs s) x.

Section Mixture.
Variable p : path.
Variables (n : nat) (q : nat -> R) (m s : nat -> nat -> R).
Hypothesis Hq : forall k, (k < n)%nat -> 0 <= q k.
Hypothesis Hq1 : sumn n q = 1.

Definition line_density (t x : R) : R := mixture_density p 1 n q m s t (fun _ => x).
Definition line_velocity (t x : R) : R := mixture_velocity p 1 n q m s t (fun _ => x) 0%nat.
(* the mass of p_t below x *)
Definition line_mass (t x : R) : R :=
  sumn n (fun k => q k * normal_mass (alpha p t * m k 0%nat) (sqrt (component_variance p s t k 0)) x).

Lemma some_weight : exists k, (k < n)%nat /\ 0 < q k.
Proof.
  assert (E : forall j, (j <= n)%nat -> (exists k, (k < j)%nat /\ 0 < q k) \/ sumn j q = 0).
  { induction j; intros Hj; simpl; [now right|]. destruct IHj as [(k & Hk & P)|Z]; [lia| |].
    - left. exists k. split; [lia|easy].
    - destruct (Hq j ltac:(lia)) as [P|P]; [left; exists j; split; [lia|easy]|right; lra]. }
  destruct (E n ltac:(lia)) as [H|H]; [exact H|lra].
Qed.

Lemma mixture_bound (f : nat -> R) : (forall k, (k < n)%nat -> 0 < f k < 1) -> 0 < sumn n (fun k => q k * f k) < 1.
Proof.
  intros Hf. destruct some_weight as (k0 & Hk0 & P0). split.
  - apply (sumn_pos n _ k0); [|easy|].
    + intros k Hk. assert (A := Hf k Hk). assert (B := Hq k Hk). nra.
    + assert (A := Hf k0 Hk0). nra.
  - assert (0 < sumn n (fun k => q k * (1 - f k))).
    { apply (sumn_pos n _ k0); [|easy|].
      - intros k Hk. assert (A := Hf k Hk). assert (B := Hq k Hk). nra.
      - assert (A := Hf k0 Hk0). nra. }
    rewrite (sumn_ext n _ (fun k => q k - q k * f k)) in H by (intros; ring). rewrite sumn_minus, Hq1 in H. lra.
Qed.

Section At.
Variable t : R.
Hypothesis Hp : regular p t.
Let std k := sqrt (component_variance p s t k 0).

Lemma std_pos k : 0 < std k.
Proof. apply sqrt_lt_R0. now apply component_variance_pos. Qed.

Lemma component_on_the_line k x : component_density p 1 m s k t (fun _ => x) = gauss (alpha p t * m k 0%nat) (std k) x.
Proof. exact (Rmult_1_l _). Qed.

Lemma line_density_value x : line_density t x = sumn n (fun k => q k * gauss (alpha p t * m k 0%nat) (std k) x).
Proof.
  unfold line_density, mixture_density, weight. apply sumn_ext. intros k _. now rewrite component_on_the_line.
Qed.

Lemma line_density_pos x : 0 < line_density t x.
Proof. apply mixture_density_pos; [exact Hq|exact some_weight|exact Hp]. Qed.

(* the flux is the average of the components' *)
Lemma line_flux x : line_density t x * line_velocity t x =
  sumn n (fun k => q k * (gauss (alpha p t * m k 0%nat) (std k) x *
    ((alpha p t * alphaDot p t * (s k 0%nat * s k 0%nat) + halfVarianceDot p t) / std k / std k
     * (x - alpha p t * m k 0%nat) + alphaDot p t * m k 0%nat))).
Proof.
  assert (P := line_density_pos x). unfold line_velocity, mixture_velocity, denoiser, negative_score, average.
  fold (mixture_density p 1 n q m s t (fun _ => x)). fold (line_density t x).
  replace (line_density t x * _) with
    (alphaDot p t * sumn n (fun k => weight p 1 q m s t (fun _ => x) k * component_denoiser p m s t (fun _ => x) k 0)
     + halfVarianceDot p t * sumn n (fun k => weight p 1 q m s t (fun _ => x) k * component_score p m s t (fun _ => x) k 0))
    by (field; lra).
  rewrite <- !sumn_scal, <- sumn_plus. apply sumn_ext. intros k _. unfold weight. rewrite component_on_the_line.
  assert (V := component_variance_pos p s t Hp k 0). assert (Q := sqrt_sqrt _ (Rlt_le _ _ V)). fold (std k) in Q.
  assert (S0 := std_pos k). unfold component_denoiser, component_score. rewrite <- Q. field. lra.
Qed.

Lemma line_mass_smooth x : differentiable_pt_lim line_mass t x (- (line_density t x * line_velocity t x)) (line_density t x).
Proof.
  eapply differentiable_eq.
  - apply (differentiable_sumn n (fun k r y => q k * normal_mass (alpha p r * m k 0%nat) (sqrt (component_variance p s r k 0)) y)).
    intros k Hk. apply differentiable_scal.
    apply (normal_mass_total_derivative (fun r => alpha p r * m k 0%nat) (fun r => sqrt (component_variance p s r k 0))).
    + apply (is_derive_times (alpha p) t (alphaDot p t) (m k 0%nat)), Hp.
    + apply (is_derive_root (fun r => component_variance p s r k 0)).
      * now apply component_variance_derive.
      * now apply component_variance_pos.
    + apply std_pos.
  - reflexivity.
  - rewrite line_flux, <- sumn_opp. apply sumn_ext. intros k _. fold (std k). ring.
  - now rewrite line_density_value.
Qed.

Lemma line_mass_bounded x : 0 < line_mass t x < 1.
Proof. apply mixture_bound. intros k _. apply normal_mass_is_the_mass_below, std_pos. Qed.

Lemma line_mass_fills c : 0 < c < 1 -> exists x y, line_mass t x < c < line_mass t y.
Proof.
  intros Hc.
  assert (L : filterlim (line_mass t) (Rbar_locally m_infty) (locally (sumn n (fun k => q k * 0)))).
  { apply (filterlim_sumn n); [apply Rbar_locally_filter|]. intros k _. apply lim_times, normal_mass_low, std_pos. }
  assert (U : filterlim (line_mass t) (Rbar_locally p_infty) (locally (sumn n (fun k => q k * 1)))).
  { apply (filterlim_sumn n); [apply Rbar_locally_filter|]. intros k _. apply lim_times, normal_mass_high, std_pos. }
  rewrite (sumn_ext n _ (fun _ => 0)), sumn_zero in L by (intros; ring).
  rewrite (sumn_ext n _ q), Hq1 in U by (intros; ring).
  destruct (L _ (open_lt c 0 ltac:(lra))) as [x Hx]. destruct (U _ (open_gt c 1 ltac:(lra))) as [y Hy].
  exists (x - 1), (y + 1). split; [apply Hx|apply Hy]; lra.
Qed.
End At.

Variables a b : R.
Hypothesis Hp : forall t, a < t < b -> regular p t.

(* The mass of the mixture below x flows with the marginal velocity, for every path and every mixture. *)
Theorem mixture_mass_flows : mass_flows line_mass line_density line_velocity a b.
Proof.
  intros t Ht. specialize (Hp t Ht). split; [intros x; split; [|split]|].
  - now apply line_mass_smooth.
  - now apply line_density_pos.
  - now apply line_mass_bounded.
  - now apply line_mass_fills.
Qed.

(* Through every x at every time r passes one trajectory of the marginal field and only one, and it lives as long
   as the path does. *)
Theorem mixture_flow_exists_and_is_unique r x : a < r < b ->
  line_flow line_mass r r x = x /\ follows line_velocity a b (fun t => line_flow line_mass r t x) /\
  forall X c d, a <= c -> d <= b -> c < r < d -> follows line_velocity c d X -> X r = x ->
    forall t, c < t < d -> X t = line_flow line_mass r t x.
Proof.
  intros Hr. destruct (flow_exists _ _ _ a b mixture_mass_flows r x Hr) as [E1 E2]. split; [exact E1|].
  split; [exact E2|]. intros X c d Hc Hd Hrc HX <- t Ht.
  now apply (flow_is_unique _ _ _ a b mixture_mass_flows X c d).
Qed.

Lemma line_density_continuous t x : a < t < b -> continuous (line_density t) x.
Proof.
  intros Ht. specialize (Hp t Ht). apply continuous_ext with
    (fun x => sumn n (fun k => q k * gauss (alpha p t * m k 0%nat) (sqrt (component_variance p s t k 0)) x)).
  - intros y. now rewrite line_density_value.
  - apply (ex_derive_continuous (V := R_NormedModule)). eexists. apply is_derive_sumn. intros k Hk.
    apply is_derive_factor, gauss_derive_x. apply Rgt_not_eq, sqrt_lt_R0. now apply component_variance_pos.
Qed.

(* Following the marginal field from time r to time t carries p_r to p_t: the mass below keeps its value; the
   density follows the change of variables; every interval's image has the interval's mass. *)
Theorem mixture_flow_carries_the_density r t : a < r < b -> a < t < b ->
  (forall x, line_mass t (line_flow line_mass r t x) = line_mass r x) /\
  (forall x, is_derive (line_flow line_mass r t) x (line_density r x / line_density t (line_flow line_mass r t x))) /\
  (forall x y, RInt (line_density t) (line_flow line_mass r t x) (line_flow line_mass r t y) =
               RInt (line_density r) x y).
Proof.
  intros Hr Ht. split; [|split]; intros.
  - now apply (flow_keeps_the_mass_below _ _ _ a b mixture_mass_flows).
  - now apply (flow_changes_variables _ _ _ a b mixture_mass_flows).
  - apply (flow_carries_the_mass _ _ _ a b mixture_mass_flows); auto; intros; now apply line_density_continuous.
Qed.

(* ---------- the end of the path: alpha -> 1 and sigma -> 0 ---------- *)
(* the mass of the data below x *)
Definition data_mass (x : R) : R := sumn n (fun k => q k * law_below (m k 0%nat) (s k 0%nat) x).

Hypothesis Hab : a < b.
Hypothesis alpha_end : filterlim (alpha p) (at_left b) (locally 1).
Hypothesis sigma_end : filterlim (sigma p) (at_left b) (locally 0).

Lemma before_the_end : at_left b (fun t => a < t < b).
Proof. unfold at_left, within. generalize (open_gt a b Hab). apply filter_imp. intros t H1 H2. now split. Qed.

Lemma spread_component_ends k x : s k 0%nat <> 0 ->
  filterlim (fun t => normal_mass (alpha p t * m k 0%nat) (sqrt (component_variance p s t k 0)) x) (at_left b)
    (locally (normal_mass (m k 0%nat) (Rabs (s k 0%nat)) x)).
Proof.
  intros H. set (mk := m k 0%nat). set (sk := s k 0%nat) in *. assert (A := Rabs_pos_lt _ H).
  rewrite normal_mass_standard by easy.
  apply filterlim_ext_loc with (fun t => normal_mass 0 1 ((x + - mk * alpha p t) * / sqrt (component_variance p s t k 0))).
  { generalize before_the_end. apply filter_imp. intros t Ht.
    rewrite (normal_mass_standard (alpha p t * mk)); [unfold Rdiv; do 2 f_equal; ring|].
    apply sqrt_lt_R0, component_variance_pos. auto. }
  apply (filterlim_comp _ _ _ (fun t => (x + - mk * alpha p t) * / sqrt (component_variance p s t k 0)) (normal_mass 0 1)
    _ (locally ((x + - mk * 1) * / sqrt (1 * 1 * (sk * sk) + 0 * 0)))).
  - apply lim_product; [apply at_left_filter|apply lim_sum; [apply at_left_filter|apply filterlim_const|now apply lim_times]|].
    apply (filterlim_comp _ _ _ _ Rinv _ (locally (sqrt (1 * 1 * (sk * sk) + 0 * 0)))).
    + apply (filterlim_comp _ _ _ _ sqrt _ (locally (1 * 1 * (sk * sk) + 0 * 0))); [|apply continuous_sqrt].
      unfold component_variance, variance. assert (FL := at_left_filter b).
      apply lim_sum; [exact FL| |]; apply lim_product; auto; [now apply lim_product|apply filterlim_const].
    + apply (continuous_Rinv (sqrt (1 * 1 * (sk * sk) + 0 * 0))). apply Rgt_not_eq, sqrt_lt_R0.
      assert (0 < sk * sk) by (apply Rsqr_pos_lt in H; exact H). lra.
  - replace (1 * 1 * (sk * sk) + 0 * 0) with (Rsqr sk) by (unfold Rsqr; ring). rewrite sqrt_Rsqr_abs.
    replace ((x - mk) / Rabs sk) with ((x + - mk * 1) * / Rabs sk) by (unfold Rdiv; f_equal; ring).
    apply (ex_derive_continuous (V := R_NormedModule)). eexists. apply normal_mass_derive. lra.
Qed.

Lemma point_component_ends k x : s k 0%nat = 0 -> x <> m k 0%nat ->
  filterlim (fun t => normal_mass (alpha p t * m k 0%nat) (sqrt (component_variance p s t k 0)) x) (at_left b)
    (locally (if Rle_dec (m k 0%nat) x then 1 else 0)).
Proof.
  intros H N. set (mk := m k 0%nat) in *.
  apply filterlim_ext_loc with (fun t => normal_mass 0 1 ((x - alpha p t * mk) / sigma p t)).
  { generalize before_the_end. apply filter_imp. intros t Ht. destruct (Hp t Ht) as (S0 & _).
    replace (component_variance p s t k 0) with (sigma p t * sigma p t)
      by (unfold component_variance, variance; rewrite H; ring).
    rewrite sqrt_square by lra. now rewrite (normal_mass_standard (alpha p t * mk)). }
  assert (D : filterlim (fun t => x + - mk * alpha p t) (at_left b) (locally (x + - mk * 1)))
    by (apply lim_sum; [apply at_left_filter|apply filterlim_const|now apply lim_times]).
  assert (far : forall M del, 0 < del -> at_left b (fun t => 0 < sigma p t /\ Rabs M * sigma p t < del)).
  { intros M del Hdel. assert (MP : 0 < Rabs M + 1) by (assert (Q := Rabs_pos M); lra).
    assert (small : at_left b (fun t => sigma p t < del / (Rabs M + 1)))
      by exact (sigma_end _ (open_lt _ 0 (Rdiv_lt_0_compat _ _ Hdel MP))).
    generalize (filter_and _ _ before_the_end small).
    apply filter_imp. intros t (Ht & L). destruct (Hp t Ht) as (S0 & _). split; [exact S0|].
    apply (Rmult_lt_compat_r (Rabs M + 1)) in L; [|easy].
    replace (del / (Rabs M + 1) * (Rabs M + 1)) with del in L by (field; lra). nra. }
  destruct (Rle_dec mk x) as [L|L].
  - apply (filterlim_comp _ _ _ _ (normal_mass 0 1) _ (Rbar_locally p_infty)); [|apply normal_mass_high; lra].
    intros P [M HM]. set (del := (x - mk) / 2).
    assert (d0 : 0 < del) by (unfold del; destruct L as [L|L]; [lra|now symmetry in L]).
    assert (d1 : del < x + - mk * 1) by (unfold del in *; lra).
    assert (d2 : at_left b (fun t => del < x + - mk * alpha p t)) by exact (D _ (open_gt del _ d1)).
    unfold filtermap. generalize (filter_and _ _ d2 (far M del d0)).
    apply filter_imp. intros t (E & S0 & S1). apply HM. assert (Q := Rle_abs M).
    apply Rmult_lt_reg_r with (sigma p t); [easy|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra.
  - apply (filterlim_comp _ _ _ _ (normal_mass 0 1) _ (Rbar_locally m_infty)); [|apply normal_mass_low; lra].
    intros P [M HM]. set (del := (mk - x) / 2). assert (d0 : 0 < del) by (unfold del; lra).
    assert (d1 : x + - mk * 1 < - del) by (unfold del in *; lra).
    assert (d2 : at_left b (fun t => x + - mk * alpha p t < - del)) by exact (D _ (open_lt (- del) _ d1)).
    unfold filtermap. generalize (filter_and _ _ d2 (far M del d0)).
    apply filter_imp. intros t (E & S0 & S1). apply HM. assert (Q := Rle_abs (- M)). rewrite Rabs_Ropp in Q.
    apply Rmult_lt_reg_r with (sigma p t); [easy|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra.
Qed.

(* p_t tends to the data: the mass below x does, at every x that is not a point of a cloud. *)
Theorem mixture_mass_reaches_the_data x : (forall k, (k < n)%nat -> s k 0%nat = 0 -> x <> m k 0%nat) ->
  filterlim (fun t => line_mass t x) (at_left b) (locally (data_mass x)).
Proof.
  intros H. apply filterlim_sumn; [apply at_left_filter|]. intros k Hk. apply lim_times. unfold law_below.
  destruct (Req_EM_T (s k 0%nat) 0) as [E|E]; [apply point_component_ends; auto|now apply spread_component_ends].
Qed.

Lemma between_points l r : l < r -> exists x, l < x < r /\ forall k, (k < n)%nat -> x <> m k 0%nat.
Proof.
  clear. revert l r. assert (E : forall j l r, l < r -> exists l' r', l <= l' /\ l' < r' /\ r' <= r /\
    forall x k, (k < j)%nat -> l' < x < r' -> x <> m k 0%nat).
  { induction j; intros l r H.
    - exists l, r. repeat split; try lra. intros x k Hk. lia.
    - destruct (IHj l r H) as (l' & r' & H1 & H2 & H3 & H4). set (c := m j 0%nat).
      destruct (Rle_lt_dec c ((l' + r') / 2)) as [Q|Q].
      + exists ((l' + r') / 2), r'. repeat split; try lra. intros x k Hk Hx.
        destruct (Nat.eq_dec k j) as [->|Nk]; [fold c; lra|apply H4; [lia|lra]].
      + exists l', ((l' + r') / 2). repeat split; try lra. intros x k Hk Hx.
        destruct (Nat.eq_dec k j) as [->|Nk]; [fold c; lra|apply H4; [lia|lra]]. }
  intros l r H. destruct (E n l r H) as (l' & r' & H1 & H2 & H3 & H4).
  exists ((l' + r') / 2). split; [lra|]. intros k Hk. apply H4; [easy|lra].
Qed.

(* The trajectory through y at time r ends at the point x of the data that has as much mass below it as y:
   x is that quantile of q. *)
Theorem mixture_flow_ends_at_the_data r y x : a < r < b ->
  (forall z, z < x -> data_mass z < line_mass r y) -> (forall z, x < z -> line_mass r y < data_mass z) ->
  filterlim (fun t => line_flow line_mass r t y) (at_left b) (locally x).
Proof.
  intros Hr L U.
  apply (trajectories_end_at_the_quantile _ _ _ a b mixture_mass_flows _ data_mass (line_mass r y) x Hab).
  - intros t Ht. now apply (flow_keeps_the_mass_below _ _ _ a b mixture_mass_flows).
  - intros eps He. destruct (between_points (x - eps) x) as (z & Hz & Nz); [lra|].
    exists z. split; [exact Hz|]. split; [apply L; lra|]. apply mixture_mass_reaches_the_data. auto.
  - intros eps He. destruct (between_points x (x + eps)) as (z & Hz & Nz); [lra|].
    exists z. split; [exact Hz|]. split; [apply U; lra|]. apply mixture_mass_reaches_the_data. auto.
Qed.

(* Where alpha = 0 and sigma = 1 the law is the noise. *)
Lemma noise_mass r x : alpha p r = 0 -> sigma p r = 1 -> line_mass r x = normal_mass 0 1 x.
Proof.
  intros A S. transitivity (normal_mass 0 1 x * sumn n q); [|rewrite Hq1; ring].
  rewrite <- sumn_scal. apply sumn_ext. intros k _. unfold component_variance, variance. rewrite A, S.
  replace (0 * 0 * (s k 0%nat * s k 0%nat) + 1 * 1) with 1 by ring. rewrite sqrt_1, Rmult_0_l. ring.
Qed.

(* Sampling reaches q: a noise point y, followed along the marginal field, ends at the quantile of the data at the
   level of y among the noise, so that noise becomes data. *)
Theorem sampling_reaches_the_data y x : a < 0 < b -> alpha p 0 = 0 -> sigma p 0 = 1 ->
  (forall z, z < x -> data_mass z < normal_mass 0 1 y) -> (forall z, x < z -> normal_mass 0 1 y < data_mass z) ->
  forall X, follows line_velocity a b X -> X 0 = y -> filterlim X (at_left b) (locally x).
Proof.
  intros H0 A S L U X HX E. rewrite <- (noise_mass 0 y A S) in L, U.
  apply filterlim_ext_loc with (fun t => line_flow line_mass 0 t y); [|now apply mixture_flow_ends_at_the_data].
  generalize before_the_end. apply filter_imp. intros t Ht. symmetry.
  now apply (mixture_flow_exists_and_is_unique 0 y H0) with (c := a) (d := b); try lra.
Qed.
End Mixture.

(* On a path from noise to data: through every noise point y a trajectory of the marginal field leaves at t = 0,
   and as t -> 1 it tends to the quantile of the data that has the level of y among the noise. *)
Theorem noise_becomes_data (p : path) n q m s y x : (forall k, (k < n)%nat -> 0 <= q k) -> sumn n q = 1 ->
  carries_noise_to_data p ->
  (forall z, z < x -> data_mass n q m s z < normal_mass 0 1 y) ->
  (forall z, x < z -> normal_mass 0 1 y < data_mass n q m s z) ->
  exists (a : R) (X : R -> R), a < 0 /\ X 0 = y /\ follows (line_velocity p n q m s) a 1 X /\
    filterlim X (at_left 1) (locally x).
Proof.
  intros Hq Hq1 ((a & Ha & Hab & Hp & A & S) & A0 & S0) L U. exists a, (fun t => line_flow (line_mass p n q m s) 0 t y).
  destruct (mixture_flow_exists_and_is_unique p n q m s Hq Hq1 a 1 Hp 0 y ltac:(lra)) as (E & F & _).
  split; [exact Ha|]. split; [exact E|]. split; [exact F|].
  rewrite <- (noise_mass p n q m s Hq1 0 y A0 S0) in L, U.
  now apply (mixture_flow_ends_at_the_data p n q m s Hq Hq1 a 1 Hp Hab A S 0 y x); [lra| |].
Qed.

(* For example, data at -1 and 1 with equal weights and the OT path: every noise point y > 0 ends at 1. *)
Theorem positive_noise_becomes_the_right_point y : 0 < y ->
  exists (a : R) (X : R -> R), a < 0 /\ X 0 = y /\
    follows (line_velocity (OptimalTransportPath 0) 2 (fun _ => / 2)
      (fun k _ => if Nat.eqb k 0 then -1 else 1) (fun _ _ => 0)) a 1 X /\
    filterlim X (at_left 1) (locally 1).
Proof.
  intros Hy. destruct (normal_mass_is_the_mass_below 0 1 y Rlt_0_1) as (_ & B & _).
  assert (M := normal_mass_increases 0 1 0 y Rlt_0_1 Hy).
  assert (Z : normal_mass 0 1 0 = 1 / 2).
  { unfold normal_mass, half_cdf. replace ((0 - 0) / (1 * sqrt 2)) with 0 by (unfold Rdiv; ring).
    unfold GaussianIntegrals.I0. rewrite RInt_point. unfold zero; simpl. ring. }
  apply noise_becomes_data; [intros; lra|simpl; field|apply rows_from_noise_to_data| |];
    intros z Hz; unfold data_mass, law_below; simpl; destruct (Req_EM_T 0 0) as [_|N]; try easy;
    destruct (Rle_dec (-1) z); destruct (Rle_dec 1 z); lra.
Qed.

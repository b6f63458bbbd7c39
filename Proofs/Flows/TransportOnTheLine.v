(* Following a field on the line carries p_s to p_t. F(t, x) is the mass of p_t below x; the continuity
   equation, integrated over space once, says that its derivatives are dF/dx = p and dF/dt = -p u. Nothing is
   assumed about trajectories: that they exist, for all times of the interval, from every point and only
   one, and where they go, is proved. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation LevelCurves.
Open Scope R_scope.

(* X follows the field u in the times between c and d. *)
Definition follows (u : R -> R -> R) (c d : R) (X : R -> R) :=
  forall t, c < t < d -> is_derive X t (u t (X t)).

(* In the times between a and b, F(t, x) is the mass below x of a positive density p that flows with u:
   dF/dx = p, dF/dt = -p u, and F takes every value between 0 and 1 and no other. *)
Definition mass_flows (F p u : R -> R -> R) (a b : R) := forall t, a < t < b ->
  (forall x, differentiable_pt_lim F t x (- (p t x * u t x)) (p t x) /\ 0 < p t x /\ 0 < F t x < 1) /\
  (forall c, 0 < c < 1 -> exists x y, F t x < c < F t y).

Section Line.
Variables F p u : R -> R -> R.
Variables a b : R.
Hypothesis flows : mass_flows F p u a b.

Lemma mass_smooth t x : a < t < b -> differentiable_pt_lim F t x (- (p t x * u t x)) (p t x).
Proof. intros Ht. apply (flows t Ht). Qed.

Lemma density_positive t x : a < t < b -> 0 < p t x.
Proof. intros Ht. apply (flows t Ht). Qed.

Lemma mass_bounded t x : a < t < b -> 0 < F t x < 1.
Proof. intros Ht. apply (flows t Ht). Qed.

Lemma mass_fills t c : a < t < b -> 0 < c < 1 -> exists x y, F t x < c < F t y.
Proof. intros Ht. apply (flows t Ht). Qed.

Lemma mass_derive t x : a < t < b -> is_derive (F t) x (p t x).
Proof. intros Ht. exact (differentiable_second _ _ _ _ _ (mass_smooth t x Ht)). Qed.

Lemma mass_increases t x y : a < t < b -> x < y -> F t x < F t y.
Proof.
  intros Ht L. refine (incr_function (F t) m_infty p_infty (p t) _ _ x y I L I).
  - intros z _ _. now apply mass_derive.
  - intros z _ _. now apply density_positive.
Qed.

Lemma mass_injective t x y : a < t < b -> F t x = F t y -> x = y.
Proof.
  intros Ht E. destruct (Rtotal_order x y) as [L|[L|L]]; [|easy|];
    apply (mass_increases t _ _ Ht) in L; lra.
Qed.

(* the x below which p_t has the mass c *)
Definition quantile (t c : R) : R := iota (T := R_CompleteSpace) (fun x => F t x = c).

Lemma quantile_level t c : a < t < b -> 0 < c < 1 -> F t (quantile t c) = c.
Proof.
  intros Ht Hc. apply (iota_correct (V := R_CompleteNormedModule) (fun x => F t x = c)).
  destruct (mass_fills t c Ht Hc) as (x & y & Hx & Hy).
  destruct (IVT_gen (F t) x y c) as (z & _ & Hz).
  - intros w. apply continuity_pt_filterlim. apply (ex_derive_continuous (V := R_NormedModule)).
    exists (p t w). now apply mass_derive.
  - split; [apply Rle_trans with (F t x); [apply Rmin_l|lra]|apply Rle_trans with (F t y); [lra|apply Rmax_r]].
  - exists z. split; [exact Hz|]. intros w Hw. apply (mass_injective t); congruence.
Qed.

Lemma inside t : a < t < b -> locally t (fun s => a < s < b).
Proof.
  intros [Ha Hb]. apply filter_and; [exact (open_gt a t Ha)|exact (open_lt b t Hb)].
Qed.

(* The quantiles of p_t are trajectories: d/dt x_c(t) = u_t(x_c(t)). *)
Theorem quantiles_follow_the_field c : 0 < c < 1 -> follows u a b (fun t => quantile t c).
Proof.
  intros Hc t Ht. assert (P := density_positive t (quantile t c) Ht).
  replace (u t (quantile t c)) with (- - (p t (quantile t c) * u t (quantile t c)) / p t (quantile t c))
    by (field; lra).
  apply (level_curve_derive F (fun s => quantile s c) t c); [now apply mass_smooth|exact P| |];
    generalize (inside t Ht); apply filter_imp; intros s Hs.
  - intros x y. now apply mass_increases.
  - now apply quantile_level.
Qed.

(* ... and every trajectory keeps the mass below it: F(t, X(t)) does not change. *)
Theorem trajectories_keep_the_mass_below (X : R -> R) c d s t : a <= c -> d <= b -> follows u c d X ->
  c < s < d -> c < t < d -> F t (X t) = F s (X s).
Proof.
  intros Ha Hb HX Hs Ht.
  assert (D : forall r, c < r < d -> is_derive (fun r => F r (X r)) r 0).
  { intros r Hr. apply is_derive_Reals.
    replace 0 with (- (p r (X r) * u r (X r)) * 1 + p r (X r) * u r (X r)) by ring.
    apply (derivable_pt_lim_comp_2d F (fun r => r) X).
    - apply mass_smooth. lra.
    - apply derivable_pt_lim_id.
    - apply is_derive_Reals. now apply HX. }
  assert (in_between : forall x, Rmin s t <= x <= Rmax s t -> c < x < d)
    by (intros x; unfold Rmin, Rmax; destruct (Rle_dec s t); lra).
  destruct (MVT_gen (fun r => F r (X r)) s t (fun _ => 0)) as (r & _ & E).
  - intros x Hx. apply D, in_between. lra.
  - intros x Hx. apply continuity_pt_filterlim. apply (ex_derive_continuous (V := R_NormedModule) (fun r => F r (X r))).
    exists 0. now apply D, in_between.
  - cbv beta in E. lra.
Qed.

(* the flow from time s to time t *)
Definition line_flow (s t x : R) : R := quantile t (F s x).

(* P_t(-inf, phi(x)] = P_s(-inf, x]. *)
Theorem flow_keeps_the_mass_below s t x : a < s < b -> a < t < b -> F t (line_flow s t x) = F s x.
Proof. intros Hs Ht. apply quantile_level; [easy|now apply mass_bounded]. Qed.

(* From every x at every time s a trajectory leaves, and it lives as long as the density does. *)
Theorem flow_exists s x : a < s < b ->
  line_flow s s x = x /\ follows u a b (fun t => line_flow s t x).
Proof.
  intros Hs. split.
  - apply (mass_injective s); [easy|]. now apply flow_keeps_the_mass_below.
  - apply quantiles_follow_the_field. now apply mass_bounded.
Qed.

(* It is the only one, however short a time another is given. *)
Theorem flow_is_unique (X : R -> R) c d s t : a <= c -> d <= b -> follows u c d X ->
  c < s < d -> c < t < d -> X t = line_flow s t (X s).
Proof.
  intros Ha Hb HX Hs Ht. apply (mass_injective t); [lra|]. rewrite flow_keeps_the_mass_below by lra.
  now apply (trajectories_keep_the_mass_below X c d).
Qed.

(* Each phi_(s to t) is increasing and onto; its inverse is phi_(t to s). *)
Theorem flow_is_a_bijection s t : a < s < b -> a < t < b ->
  (forall x y, x < y -> line_flow s t x < line_flow s t y) /\
  (forall x, line_flow t s (line_flow s t x) = x).
Proof.
  intros Hs Ht. split.
  - intros x y L. apply (mass_increases s x y Hs) in L.
    rewrite <- (flow_keeps_the_mass_below s t x), <- (flow_keeps_the_mass_below s t y) in L by easy.
    apply Rnot_le_lt. intros [Q|Q]; [apply (mass_increases t _ _ Ht) in Q; lra|rewrite Q in L; lra].
  - intros x. apply (mass_injective s); [easy|]. now rewrite !flow_keeps_the_mass_below.
Qed.

(* The flow is differentiable in its start, and p_t(phi(x)) phi'(x) = p_s(x). *)
Theorem flow_changes_variables s t x : a < s < b -> a < t < b ->
  is_derive (line_flow s t) x (p s x / p t (line_flow s t x)).
Proof.
  intros Hs Ht. assert (P := density_positive t (line_flow s t x) Ht).
  replace (p s x / p t (line_flow s t x)) with (- (- p s x) / p t (line_flow s t x)) by (f_equal; ring).
  apply (level_curve_derive (fun x y => - F s x + F t y) (line_flow s t) x 0).
  - apply differentiable_sum; [apply is_derive_Reals|apply is_derive_Reals, mass_derive; easy].
    apply (is_derive_opp (F s)). now apply mass_derive.
  - exact P.
  - apply filter_forall. intros z y1 y2 L. apply (mass_increases t _ _ Ht) in L. lra.
  - apply filter_forall. intros z. rewrite flow_keeps_the_mass_below by easy. ring.
Qed.

(* phi carries p_s to p_t: the mass of p_t over every image interval is that of p_s over the interval. *)
Theorem flow_carries_the_mass s t x y : a < s < b -> a < t < b ->
  (forall z, continuous (p s) z) -> (forall z, continuous (p t) z) ->
  RInt (p t) (line_flow s t x) (line_flow s t y) = RInt (p s) x y.
Proof.
  intros Hs Ht Cs Ct.
  assert (int : forall r v w, a < r < b -> (forall z, continuous (p r) z) -> RInt (p r) v w = F r w - F r v).
  { intros r v w Hr C. apply is_RInt_unique. apply (is_RInt_derive (F r)); [|auto].
    intros z _. now apply mass_derive. }
  now rewrite !int, !flow_keeps_the_mass_below.
Qed.

(* Where the trajectory goes as t -> b: to the point x that splits a limit law G as the trajectory splits p_t.
   G need not be continuous nor be known at x itself. *)
Theorem trajectories_end_at_the_quantile (X : R -> R) (G : R -> R) (c x : R) : a < b ->
  (forall t, a < t < b -> F t (X t) = c) ->
  (forall eps, 0 < eps -> exists y, x - eps < y < x /\ G y < c /\
     filterlim (fun t => F t y) (at_left b) (locally (G y))) ->
  (forall eps, 0 < eps -> exists y, x < y < x + eps /\ c < G y /\
     filterlim (fun t => F t y) (at_left b) (locally (G y))) ->
  filterlim X (at_left b) (locally x).
Proof.
  intros Hab HX L U. apply filterlim_locally. intros eps.
  destruct (L eps (cond_pos eps)) as (y & Hy & Gy & Ly). destruct (U eps (cond_pos eps)) as (z & Hz & Gz & Lz).
  assert (A : at_left b (fun t => a < t < b)).
  { unfold at_left, within. generalize (open_gt a b Hab). apply filter_imp. intros t H1 H2. now split. }
  assert (By : at_left b (fun t => F t y < c)) by exact (Ly _ (open_lt c (G y) Gy)).
  assert (Bz : at_left b (fun t => c < F t z)) by exact (Lz _ (open_gt c (G z) Gz)).
  generalize (filter_and _ _ A (filter_and _ _ By Bz)). apply filter_imp.
  intros t (Ht & H1 & H2). rewrite <- (HX t Ht) in H1, H2.
  assert (E1 : y < X t).
  { apply Rnot_le_lt. intros [Q|Q]; [apply (mass_increases t _ _ Ht) in Q; lra|rewrite Q in H1; lra]. }
  assert (E2 : X t < z).
  { apply Rnot_le_lt. intros [Q|Q]; [apply (mass_increases t _ _ Ht) in Q; lra|rewrite Q in H2; lra]. }
  change (Rabs (X t - x) < eps). apply Rabs_def1; lra.
Qed.
End Line.

(* Flow maps on the line between any two times: they compose, they are blind to where on a trajectory they start, and the
   velocity averaged over the way obeys the MeanFlow identity. Everything follows from the level of the mass below. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation LevelCurves TransportOnTheLine.
Open Scope R_scope.

Section Line.
Variables F p u : R -> R -> R.
Variables a b : R.
Hypothesis flows : mass_flows F p u a b.

(* phi_(t to r) after phi_(s to t) is phi_(s to r). *)
Theorem line_flows_compose s t r x : a < s < b -> a < t < b -> a < r < b ->
  line_flow F t r (line_flow F s t x) = line_flow F s r x.
Proof.
  intros Hs Ht Hr. apply (mass_injective F p u a b flows r); [exact Hr|].
  now rewrite !(flow_keeps_the_mass_below F p u a b flows).
Qed.

(* Consistency: from every point of one trajectory the map to time r gives the same point, the trajectory's own. *)
Theorem line_flow_is_consistent (X : R -> R) c d r t : a <= c -> d <= b -> follows u c d X -> c < r < d -> c < t < d ->
  line_flow F t r (X t) = X r.
Proof. intros Ha Hb HX Hr Ht. symmetry. now apply (flow_is_unique F p u a b flows X c d). Qed.

(* The same as an equation in the start: d/ds phi_(s to t)(x) + u_s(x) d/dx phi_(s to t)(x) = 0. *)
Theorem line_flow_forgets_its_start s t x : a < s < b -> a < t < b ->
  is_derive (fun r => line_flow F r t x) s (- (p s x / p t (line_flow F s t x) * u s x)).
Proof.
  intros Hs Ht. assert (P := density_positive F p u a b flows t (line_flow F s t x) Ht).
  replace (- (p s x / p t (line_flow F s t x) * u s x)) with (- (p s x * u s x) / p t (line_flow F s t x)) by (field; lra).
  apply (level_curve_derive (fun r y => - F r x + F t y) (fun r => line_flow F r t x) s 0).
  - apply differentiable_sum; [|apply is_derive_Reals, (mass_derive F p u a b flows); easy].
    assert (D : derivable_pt_lim (fun r => F r x) s (- (p s x * u s x) * 1 + p s x * 0)).
    { apply (derivable_pt_lim_comp_2d F (fun r => r) (fun _ => x)).
      - now apply (mass_smooth F p u a b flows).
      - apply derivable_pt_lim_id.
      - apply derivable_pt_lim_const. }
    apply is_derive_Reals. apply is_derive_Reals in D. eapply is_derive_eq; [apply (is_derive_opp (fun r => F r x)); exact D|].
    unfold opp; simpl. ring.
  - exact P.
  - apply filter_forall. intros r y z L. apply (mass_increases F p u a b flows t _ _ Ht) in L. lra.
  - generalize (inside a b s Hs). apply filter_imp. intros r Hr. rewrite (flow_keeps_the_mass_below F p u a b flows) by easy. ring.
Qed.

(* the velocity averaged over the way from x at time t to time r: phi_(t to r)(x) = x - (t - r) mean_velocity *)
Definition line_mean_velocity (r t x : R) : R := (x - line_flow F t r x) / (t - r).

(* MeanFlow: w_(r,t)(x) = u_t(x) - (t - r) (u_t(x) dw/dx + dw/dt), for r before t and after it. *)
Theorem line_mean_flow_identity r t x : a < r < b -> a < t < b -> r <> t -> exists wx wt,
  is_derive (line_mean_velocity r t) x wx /\ is_derive (fun q => line_mean_velocity r q x) t wt /\
  line_mean_velocity r t x = u t x - (t - r) * (u t x * wx + wt).
Proof.
  intros Hr Ht N. assert (D : t - r <> 0) by lra. set (slope := p t x / p r (line_flow F t r x)).
  exists ((1 - slope) / (t - r)), ((slope * u t x - line_mean_velocity r t x) / (t - r)). split; [|split].
  - unfold line_mean_velocity, Rdiv. apply is_derive_times. apply (is_derive_minus (fun y => y) (line_flow F t r)).
    + exact (is_derive_id (K := R_AbsRing) x).
    + now apply (flow_changes_variables F p u a b flows).
  - unfold line_mean_velocity. eapply is_derive_eq.
    + apply (is_derive_div (fun q => x - line_flow F q r x) (fun q => q - r)); [| |exact D].
      * apply (is_derive_minus (fun _ => x)); [apply (is_derive_const x)|now apply line_flow_forgets_its_start].
      * instantiate (1 := 1). auto_derive; [easy|ring].
    + unfold minus, plus, opp, zero; simpl. fold slope. field. exact D.
  - field. exact D.
Qed.

(* The same with data at time 0 and noise at time 1, t' = 1 - t, as the MeanFlow paper counts: v'_t'(x) = -u_(1-t')(x) and
   w'_(r',t') = -w_(1-r',1-t'); no sign of the identity changes, and x - (t' - r') w' is the point at r' again. *)
Theorem line_mean_flow_identity_reversed r t x : a < 1 - r < b -> a < 1 - t < b -> r <> t ->
  let v q y := - u (1 - q) y in
  let w q q' y := - line_mean_velocity (1 - q) (1 - q') y in
  x - (t - r) * w r t x = line_flow F (1 - t) (1 - r) x /\
  exists wx wt, is_derive (w r t) x wx /\ is_derive (fun q => w r q x) t wt /\ w r t x = v t x - (t - r) * (v t x * wx + wt).
Proof.
  intros Hr Ht N v w. split; [unfold w, line_mean_velocity; field; lra|].
  destruct (line_mean_flow_identity (1 - r) (1 - t) x Hr Ht ltac:(lra)) as (wx & wt & Dx & Dt & E).
  exists (- wx), wt. split; [|split].
  - exact (is_derive_opp (V := R_NormedModule) (line_mean_velocity (1 - r) (1 - t)) x wx Dx).
  - eapply is_derive_eq.
    + apply (is_derive_opp (V := R_NormedModule) (fun q => line_mean_velocity (1 - r) (1 - q) x)).
      exact (is_derive_reversed (fun q => line_mean_velocity (1 - r) q x) t wt Dt).
    + unfold opp; simpl. ring.
  - unfold w, v. rewrite E. ring.
Qed.
End Line.

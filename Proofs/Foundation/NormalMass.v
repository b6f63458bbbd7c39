(* The mass of a normal density below a point (its distribution function), as a function of the point, the mean
   and the standard deviation together. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation LevelCurves Gaussian ConditionalField GaussianIntegrals
  GaussianLine.
Open Scope R_scope.

(* the integral of N(y; m, s^2) over y < x *)
Definition normal_mass (m s x : R) := 1 / 2 + half_cdf m s x.

Lemma normal_mass_derive m s x : 0 < s -> is_derive (normal_mass m s) x (gauss m s x).
Proof.
  intros Hs. unfold normal_mass. replace (gauss m s x) with (0 + gauss m s x) by ring.
  apply is_derive_sum; [apply (is_derive_const (1 / 2))|now apply half_cdf_derive].
Qed.

Lemma normal_mass_low m s : 0 < s -> filterlim (normal_mass m s) (Rbar_locally m_infty) (locally 0).
Proof.
  intros Hs. refine (eq_ind (1 / 2 + - (1 / 2)) (fun l => filterlim _ _ (locally l)) _ 0 ltac:(ring)).
  apply (lim_sum (fun _ => 1 / 2)); [apply Rbar_locally_filter|apply filterlim_const|now apply half_cdf_lim_m].
Qed.

Lemma normal_mass_high m s : 0 < s -> filterlim (normal_mass m s) (Rbar_locally p_infty) (locally 1).
Proof.
  intros Hs. refine (eq_ind (1 / 2 + 1 / 2) (fun l => filterlim _ _ (locally l)) _ 1 ltac:(field)).
  apply (lim_sum (fun _ => 1 / 2)); [apply Rbar_locally_filter|apply filterlim_const|now apply half_cdf_lim_p].
Qed.

Lemma normal_mass_increases m s x y : 0 < s -> x < y -> normal_mass m s x < normal_mass m s y.
Proof.
  intros Hs L. refine (incr_function (normal_mass m s) m_infty p_infty (gauss m s) _ _ x y I L I).
  - intros z _ _. now apply normal_mass_derive.
  - intros z _ _. now apply gauss_pos.
Qed.

(* It lies strictly between 0 and 1, derives to the density, and tends to 0 and to 1. *)
Theorem normal_mass_is_the_mass_below m s x : 0 < s ->
  is_derive (normal_mass m s) x (gauss m s x) /\ 0 < normal_mass m s x < 1 /\
  filterlim (normal_mass m s) (Rbar_locally m_infty) (locally 0) /\
  filterlim (normal_mass m s) (Rbar_locally p_infty) (locally 1).
Proof.
  intros Hs. split; [now apply normal_mass_derive|]. split; [|now split; [apply normal_mass_low|apply normal_mass_high]].
  split; apply Rnot_le_lt; intros N.
  - assert (M := normal_mass_increases m s (x - 1) x Hs ltac:(lra)).
    destruct (normal_mass_low m s Hs _ (open_gt (normal_mass m s (x - 1)) 0 ltac:(lra))) as [y Hy].
    assert (L := Hy (Rmin (y - 1) (x - 1))). assert (A := Rmin_l (y - 1) (x - 1)). assert (B := Rmin_r (y - 1) (x - 1)).
    specialize (L ltac:(lra)). destruct B as [B|B]; [|rewrite B in L; lra].
    apply (normal_mass_increases m s _ _ Hs) in B. lra.
  - assert (M := normal_mass_increases m s x (x + 1) Hs ltac:(lra)).
    destruct (normal_mass_high m s Hs _ (open_lt (normal_mass m s (x + 1)) 1 ltac:(lra))) as [y Hy].
    assert (L := Hy (Rmax (y + 1) (x + 1))). assert (A := Rmax_l (y + 1) (x + 1)). assert (B := Rmax_r (y + 1) (x + 1)).
    specialize (L ltac:(lra)). destruct B as [B|B]; [|rewrite <- B in L; lra].
    apply (normal_mass_increases m s _ _ Hs) in B. lra.
Qed.

Lemma normal_mass_standard m s x : 0 < s -> normal_mass m s x = normal_mass 0 1 ((x - m) / s).
Proof.
  intros Hs. assert (0 < sqrt 2) by (apply sqrt_lt_R0; lra). unfold normal_mass, half_cdf. do 3 f_equal.
  field. lra.
Qed.

(* When mean and deviation move, the mass below x moves by what flows through x: d/dt = -N(x; m, s^2) u, with the
   conditional velocity u = (s'/s) (x - m) + m'. *)
Theorem normal_mass_total_derivative (mean std : R -> R) (meanDot stdDot t x : R) :
  is_derive mean t meanDot -> is_derive std t stdDot -> 0 < std t ->
  differentiable_pt_lim (fun r y => normal_mass (mean r) (std r) y) t x
    (- (gauss (mean t) (std t) x * (stdDot / std t * (x - mean t) + meanDot))) (gauss (mean t) (std t) x).
Proof.
  intros Hm Hs H0. assert (Q2 : 0 < sqrt 2) by (apply sqrt_lt_R0; lra).
  assert (QP : 0 < sqrt PI) by (apply sqrt_lt_R0, PI_RGT_0).
  set (f := fun z => 1 / 2 + / sqrt PI * I0 z).
  set (g := fun r y => (- mean r + y) * / (std r * sqrt 2)).
  assert (Df : forall z, derivable_pt_lim f z (/ sqrt PI * e2 z)).
  { intros z. apply is_derive_Reals. unfold f. replace (/ sqrt PI * e2 z) with (0 + / sqrt PI * e2 z) by ring.
    apply is_derive_sum; [apply (is_derive_const (1 / 2))|]. apply (is_derive_factor I0), I0_derive. }
  assert (Di : derivable_pt_lim (fun r => / (std r * sqrt 2)) t (- (stdDot * sqrt 2) / (std t * sqrt 2) ^ 2)).
  { apply is_derive_Reals. apply (is_derive_inv (fun r => std r * sqrt 2)); [now apply is_derive_times|nra]. }
  assert (Dm : derivable_pt_lim (fun r => - mean r) t (- meanDot)).
  { apply is_derive_Reals. apply (is_derive_opp mean). exact Hm. }
  assert (Dg := differentiable_times (fun r y => - mean r + y) (fun r _ => / (std r * sqrt 2)) t x _ _ _ _
    (differentiable_sum (fun r => - mean r) (fun y => y) t x _ _ Dm (derivable_pt_lim_id x))
    (differentiable_pt_lim_proj1_0 _ t x _ Di)).
  assert (D := differentiable_outer f g t x _ _ _ (Df (g t x)) Dg). unfold f in D.
  assert (G : gauss (mean t) (std t) x = / sqrt PI * / (std t * sqrt 2) * e2 (g t x)).
  { rewrite gauss_as_e2 by easy. unfold g. do 2 f_equal. field. lra. }
  eapply differentiable_eq; [exact D| | |].
  - intros r y. cbv beta. unfold normal_mass, half_cdf. do 3 f_equal. unfold g, Rdiv. ring.
  - rewrite G. cbv beta. field. lra.
  - rewrite G. cbv beta. field. lra.
Qed.

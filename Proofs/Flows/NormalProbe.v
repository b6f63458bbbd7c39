(* Hutchinson's estimate with a normal probe: e . A e has the mean tr A and the variance 2 |sym A|_F^2 under N(0, I) in R^d,
   as integrals; the fourth moment 3 of the normal law is proved on the way. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian ConditionalField GaussianIntegrals GaussianLine SpaceIntegrals Hutchinson.
Open Scope R_scope.

Notation normal := (gauss 0 1).

Lemma normal_bound x : 1 <= Rabs x -> Rabs x * Rabs x * Rabs x * normal x <= 16 / Rabs x.
Proof.
  intros H. set (a := Rabs x) in *. assert (XX : x * x = a * a) by (unfold a; rewrite <- Rabs_mult; symmetry; apply Rabs_right, Rle_ge, Rle_0_sqr).
  assert (S1 : 1 <= sqrt (2 * PI)).
  { rewrite <- sqrt_1. apply sqrt_le_1_alt. assert (P := PI_RGT_0). assert (Q := PI2_1). lra. }
  assert (E : normal x <= exp (- (a * a / 2))).
  { unfold gauss. replace (- (x - 0) ^ 2 / (2 * 1 ^ 2)) with (- (a * a / 2)) by (rewrite <- XX; field). rewrite Rmult_1_r.
    assert (P := exp_pos (- (a * a / 2))). set (z := exp (- (a * a / 2))) in *. set (r := sqrt (2 * PI)) in *.
    apply Rmult_le_reg_r with r; [lra|]. replace (z / r * r) with z by (field; lra). nra. }
  assert (L : (1 + a * a / 4) * (1 + a * a / 4) <= exp (a * a / 2)).
  { replace (a * a / 2) with (a * a / 4 + a * a / 4) by field. rewrite exp_plus. assert (Q := exp_ge_1_plus (a * a / 4)).
    apply Rmult_le_compat; nra. }
  assert (I : exp (a * a / 2) * exp (- (a * a / 2)) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
  assert (P := exp_pos (- (a * a / 2))). set (e := exp (- (a * a / 2))) in *.
  assert (F : a * a * a * a * e <= 16).
  { assert ((1 + a * a / 4) * (1 + a * a / 4) * e <= 1) by (apply Rle_trans with (exp (a * a / 2) * e); [apply Rmult_le_compat_r; lra|lra]).
    assert (0 <= (1 + a * a / 2) * e) by (apply Rmult_le_pos; [nra|lra]). lra. }
  apply Rmult_le_reg_r with a; [lra|]. replace (16 / a * a) with 16 by (field; lra).
  apply Rle_trans with (a * a * a * e * a); [|lra]. apply Rmult_le_compat_r; [lra|]. apply Rmult_le_compat_l; [|exact E].
  apply Rmult_le_pos; [apply Rmult_le_pos|]; lra.
Qed.

(* A function that is at most |x|^3 N(x) far out has the limit 0 there. *)
Lemma normal_tail (f : R -> R) c : 0 < c -> (forall x, 1 <= Rabs x -> Rabs (f x) <= c * (Rabs x * Rabs x * Rabs x * normal x)) ->
  filterlim f (Rbar_locally p_infty) (locally 0) /\ filterlim f (Rbar_locally m_infty) (locally 0).
Proof.
  intros C H.
  assert (B : forall eps x, 0 < eps -> 1 + 16 * c / eps < Rabs x -> Rabs (f x - 0) < eps).
  { intros eps x He Hx. assert (K : 0 < 16 * c / eps) by (apply Rdiv_lt_0_compat; lra). rewrite Rminus_0_r.
    eapply Rle_lt_trans; [apply H; lra|]. assert (N := normal_bound x ltac:(lra)).
    apply Rle_lt_trans with (c * (16 / Rabs x)); [apply Rmult_le_compat_l; lra|].
    apply Rmult_lt_reg_r with (Rabs x); [lra|]. replace (c * (16 / Rabs x) * Rabs x) with (eps * (16 * c / eps)) by (field; lra).
    apply Rmult_lt_compat_l; lra. }
  split; apply filterlim_locally; intros eps.
  - exists (1 + 16 * c / eps). intros x Hx. apply (B eps x (cond_pos eps)). eapply Rlt_le_trans; [exact Hx|apply RRle_abs].
  - exists (- (1 + 16 * c / eps)). intros x Hx. apply (B eps x (cond_pos eps)). rewrite <- Rabs_Ropp. eapply Rlt_le_trans; [|apply RRle_abs]. lra.
Qed.

Lemma normal_derive x : is_derive normal x (- x * normal x).
Proof. eapply is_derive_eq; [apply gauss_derive_x; lra|]. field. Qed.

Lemma polynomial_continuous (f : R -> R) x : ex_derive f x -> continuous (fun y => f y * normal y) x.
Proof.
  intros D. apply (ex_derive_continuous (V := R_NormedModule)). apply (ex_derive_mult f normal); [exact D|]. eexists. apply normal_derive.
Qed.

Lemma normal_third_moment : over_the_line (fun x => x * x * x * normal x) 0.
Proof.
  destruct (normal_tail (fun x => - (x * x + 2) * normal x) 3 ltac:(lra)) as (P & M).
  { intros x Hx. rewrite Rabs_mult, Rabs_Ropp, (Rabs_right (normal x)) by (apply Rle_ge, Rlt_le, gauss_pos; lra).
    assert (G := gauss_pos 0 1 x Rlt_0_1). rewrite Rabs_right by nra.
    assert (XX : x * x = Rabs x * Rabs x) by (rewrite <- Rabs_mult; symmetry; apply Rabs_right, Rle_ge, Rle_0_sqr). rewrite XX.
    replace (3 * (Rabs x * Rabs x * Rabs x * normal x)) with (3 * (Rabs x * Rabs x * Rabs x) * normal x) by ring.
    apply Rmult_le_compat_r; [lra|]. nra. }
  assert (G : over_the_line (fun x => x * x * x * normal x) (0 - 0)); [|rewrite Rminus_0_r in G; exact G].
  apply (by_primitive (fun x => - (x * x + 2) * normal x)); [| |exact M|exact P].
  - intros x. eapply is_derive_eq.
    + apply (is_derive_product (fun x => - (x * x + 2)) normal x (- (2 * x)) (- x * normal x)); [auto_derive; [easy|ring]|apply normal_derive].
    + cbv beta. real_ring.
  - intros x. apply (polynomial_continuous (fun x => x * x * x)). auto_derive. easy.
Qed.

(* int x^4 N(x; 0, 1) dx = 3. *)
Theorem normal_fourth_moment : over_the_line (fun x => x * x * x * x * normal x) 3.
Proof.
  destruct (normal_tail (fun x => - (x * x * x + 3 * x) * normal x) 4 ltac:(lra)) as (P & M).
  { intros x Hx. rewrite Rabs_mult, Rabs_Ropp, (Rabs_right (normal x)) by (apply Rle_ge, Rlt_le, gauss_pos; lra).
    assert (G := gauss_pos 0 1 x Rlt_0_1). replace (4 * (Rabs x * Rabs x * Rabs x * normal x)) with (4 * (Rabs x * Rabs x * Rabs x) * normal x) by ring.
    apply Rmult_le_compat_r; [lra|]. eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult, (Rabs_right 3) by lra. nra. }
  replace 3 with ((0 + 3 * (1 / 2)) - (0 + 3 * (- (1 / 2)))) by field.
  apply (by_primitive (fun x => - (x * x * x + 3 * x) * normal x + 3 * half_cdf 0 1 x)).
  - intros x. eapply is_derive_eq.
    + apply is_derive_sum; [|apply is_derive_factor, half_cdf_derive; lra].
      apply (is_derive_product (fun x => - (x * x * x + 3 * x)) normal x (- (3 * (x * x) + 3)) (- x * normal x)); [auto_derive; [easy|ring]|apply normal_derive].
    + cbv beta. real_ring.
  - intros x. apply (polynomial_continuous (fun x => x * x * x * x)). auto_derive. easy.
  - apply lim_sum; [apply Rbar_locally_filter|exact M|]. apply lim_times, half_cdf_lim_m. lra.
  - apply lim_sum; [apply Rbar_locally_filter|exact P|]. apply lim_times, half_cdf_lim_p. lra.
Qed.

Lemma over_the_line_sum_of (f g : R -> R) (k l : R) : over_the_line f k -> over_the_line g l -> over_the_line (fun x => f x + g x) (k + l).
Proof. exact (is_RInt_gen_plus (V := R_NormedModule) f g k l). Qed.

Lemma normal_moments l0 l1 l2 l3 l4 :
  over_the_line (fun y => (l0 + l1 * y + l2 * (y * y) + l3 * (y * y * y) + l4 * (y * y * y * y)) * normal y) (l0 + l2 + 3 * l4).
Proof.
  assert (M1 := gauss_mean 0 1 Rlt_0_1 l0 l1). assert (M2 := over_the_line_factor _ l2 _ (gauss_variance 0 1 Rlt_0_1)).
  assert (M3 := over_the_line_factor _ l3 _ normal_third_moment). assert (M4 := over_the_line_factor _ l4 _ normal_fourth_moment).
  assert (M := over_the_line_sum_of _ _ _ _ (over_the_line_sum_of _ _ _ _ (over_the_line_sum_of _ _ _ _ M1 M2) M3) M4). cbv beta in M.
  replace (l0 + l2 + 3 * l4) with (l0 + l1 * 0 + l2 * (1 * 1) + l3 * 0 + l4 * 3) by ring.
  eapply over_the_line_ext; [|exact M]. intros y. cbv beta. ring.
Qed.

(* E[f(e)] for e of law N(0, I) in R^d *)
Definition normal_mean d (f : vec -> R) (l : R) : Prop := over_space d (fun e => f e * gauss_vec d (fun _ => 0) (fun _ => 1) e) l.

Lemma normal_mean_ext d f g l : (forall e, f e = g e) -> normal_mean d f l -> normal_mean d g l.
Proof. intros E. apply over_space_ext. intros e. now rewrite E. Qed.

Lemma normal_mean_plus d f g k l : normal_mean d f k -> normal_mean d g l -> normal_mean d (fun e => f e + g e) (k + l).
Proof.
  intros H K. eapply over_space_ext; [|exact (over_space_plus d _ _ k l H K)]. intros e. cbv beta. ring.
Qed.

Lemma normal_mean_factor d c f l : normal_mean d f l -> normal_mean d (fun e => c * f e) (c * l).
Proof. intros H. eapply over_space_ext; [|exact (over_space_factor d c _ l H)]. intros e. cbv beta. ring. Qed.

Lemma normal_mean_const d c : normal_mean d (fun _ => c) c.
Proof.
  assert (H := over_space_factor d c _ 1 (normal_total_in_space d (fun _ => 0) (fun _ => 1) (fun _ _ => Rlt_0_1))).
  rewrite Rmult_1_r in H. exact H.
Qed.

(* One more coordinate: a polynomial in it with coefficients that read the others. *)
Lemma normal_mean_step d f (c0 c1 c2 c3 c4 : vec -> R) l0 l1 l2 l3 l4 :
  (forall e y, f (upd e d y) = c0 e + c1 e * y + c2 e * (y * y) + c3 e * (y * y * y) + c4 e * (y * y * y * y)) ->
  normal_mean d c0 l0 -> normal_mean d c1 l1 -> normal_mean d c2 l2 -> normal_mean d c3 l3 -> normal_mean d c4 l4 ->
  normal_mean (S d) f (l0 + l2 + 3 * l4).
Proof.
  intros E M0 M1 M2 M3 M4. exists (fun y => (l0 + l1 * y + l2 * (y * y) + l3 * (y * y * y) + l4 * (y * y * y * y)) * normal y). split; [|apply normal_moments].
  intros y.
  assert (M := normal_mean_plus d _ _ _ _ (normal_mean_plus d _ _ _ _ (normal_mean_plus d _ _ _ _ (normal_mean_plus d _ _ _ _ M0
    (normal_mean_factor d y _ _ M1)) (normal_mean_factor d (y * y) _ _ M2)) (normal_mean_factor d (y * y * y) _ _ M3)) (normal_mean_factor d (y * y * y * y) _ _ M4)).
  apply (over_space_factor d (normal y)) in M. cbv beta in M.
  replace ((l0 + l1 * y + l2 * (y * y) + l3 * (y * y * y) + l4 * (y * y * y * y)) * normal y)
    with (normal y * (l0 + y * l1 + y * y * l2 + y * y * y * l3 + y * y * y * y * l4)) by ring.
  eapply over_space_ext; [|exact M]. intros e. cbv beta. rewrite E. unfold gauss_vec. simpl. rewrite upd_same.
  rewrite (prodn_ext d (fun i => gauss 0 1 (upd e d y i)) (fun i => gauss 0 1 (e i))) by (intros i Hi; now rewrite upd_other by lia). ring.
Qed.

Lemma form_step d c e y : form (S d) c (upd e d y) = form d c e + y * c d.
Proof.
  unfold form; simpl. rewrite upd_same. f_equal. apply sumn_ext. intros i Hi. now rewrite upd_other by lia.
Qed.

Lemma normal_form_mean d c : normal_mean d (form d c) 0.
Proof.
  induction d as [|d IH]; [intros e; unfold form, gauss_vec; simpl; ring|].
  replace 0 with (0 + 0 + 3 * 0) by ring.
  apply (normal_mean_step d _ (form d c) (fun _ => c d) (fun _ => 0) (fun _ => 0) (fun _ => 0) 0 (c d) 0 0 0); try apply normal_mean_const; [|exact IH].
  intros e y. rewrite form_step. ring.
Qed.

Lemma normal_form_product d b c : normal_mean d (fun e => form d b e * form d c e) (sumn d (fun i => b i * c i)).
Proof.
  induction d as [|d IH]; [intros e; unfold form, gauss_vec; simpl; ring|]. simpl sumn.
  replace (sumn d (fun i => b i * c i) + b d * c d) with (sumn d (fun i => b i * c i) + b d * c d + 3 * 0) by ring.
  apply (normal_mean_step d _ (fun e => form d b e * form d c e) (fun e => c d * form d b e + b d * form d c e) (fun _ => b d * c d) (fun _ => 0) (fun _ => 0)
    _ (c d * 0 + b d * 0) (b d * c d) 0 0); try apply normal_mean_const; [|exact IH|].
  - intros e y. rewrite !form_step. ring.
  - apply normal_mean_plus; apply normal_mean_factor, normal_form_mean.
Qed.

(* E[e . A e] = tr A. *)
Theorem normal_probe_unbiased d A : normal_mean d (quadratic d A) (trace d A).
Proof.
  induction d as [|d IH]; [intros e; unfold quadratic, trace, gauss_vec; simpl; ring|].
  change (trace (S d) A) with (trace d A + A d d). replace (trace d A + A d d) with (trace d A + A d d + 3 * 0) by ring.
  apply (normal_mean_step d _ (quadratic d A) (linear d A) (fun _ => A d d) (fun _ => 0) (fun _ => 0) _ 0 (A d d) 0 0); try apply normal_mean_const.
  - intros e y. rewrite quadratic_step. ring.
  - exact IH.
  - exact (normal_form_mean d (fun i => A i d + A d i)).
Qed.

Lemma normal_centred d A : normal_mean d (fun e => quadratic d A e - trace d A) 0.
Proof.
  replace 0 with (trace d A + - trace d A) by ring. apply (normal_mean_plus d (quadratic d A) (fun _ => - trace d A)); [apply normal_probe_unbiased|apply normal_mean_const].
Qed.

Lemma normal_cubic d A c : normal_mean d (fun e => (quadratic d A e - trace d A) * form d c e) 0.
Proof.
  induction d as [|d IH]; [intros e; unfold quadratic, trace, form, gauss_vec; simpl; ring|].
  set (a := A d d). set (l := fun i => A i d + A d i). replace 0 with ((0 + - a * 0) + (a * 0 + c d * 0) + 3 * 0) by ring.
  apply (normal_mean_step d _ (fun e => (quadratic d A e - trace d A) * form d c e + - a * form d c e)
    (fun e => form d l e * form d c e + (c d * (quadratic d A e - trace d A) + - (a * c d)))
    (fun e => a * form d c e + c d * form d l e) (fun _ => a * c d) (fun _ => 0)
    _ (sumn d (fun i => l i * c i) + (c d * 0 + - (a * c d))) _ (a * c d) 0); try apply normal_mean_const.
  - intros e y. rewrite form_step, quadratic_step. change (linear d A e) with (form d l e). change (trace (S d) A) with (trace d A + a). fold a. ring.
  - apply (normal_mean_plus d (fun e => (quadratic d A e - trace d A) * form d c e) (fun e => - a * form d c e)); [exact IH|].
    apply normal_mean_factor, normal_form_mean.
  - apply normal_mean_plus; [apply normal_form_product|].
    apply (normal_mean_plus d (fun e => c d * (quadratic d A e - trace d A)) (fun _ => - (a * c d))); [apply normal_mean_factor, normal_centred|apply normal_mean_const].
  - apply normal_mean_plus; apply normal_mean_factor, normal_form_mean.
Qed.

(* E[(e . A e - tr A)^2] = 2 |sym A|_F^2. *)
Theorem normal_probe_variance d A :
  normal_mean d (fun e => (quadratic d A e - trace d A) * (quadratic d A e - trace d A))
    (2 * sumn d (fun i => sumn d (fun j => ((A i j + A j i) / 2) * ((A i j + A j i) / 2)))).
Proof.
  rewrite <- normal_probe_variance_is_frobenius.
  induction d as [|d IH]; [intros e; unfold quadratic, trace, off_diagonal, gauss_vec; simpl; ring|].
  set (a := A d d). set (l := fun i => A i d + A d i). set (V := off_diagonal d A + (3 - 1) * sumn d (fun i => A i i * A i i)) in *.
  replace (off_diagonal (S d) A + (3 - 1) * sumn (S d) (fun i => A i i * A i i))
    with ((V + (-2 * a * 0 + a * a)) + (sumn d (fun i => l i * l i) + (2 * a * 0 + -2 * (a * a))) + 3 * (a * a))
    by (unfold off_diagonal, V, a, l; simpl; unfold off_diagonal; ring).
  apply (normal_mean_step d _
    (fun e => (quadratic d A e - trace d A) * (quadratic d A e - trace d A) + (-2 * a * (quadratic d A e - trace d A) + a * a))
    (fun e => 2 * ((quadratic d A e - trace d A) * form d l e) + -2 * a * form d l e)
    (fun e => form d l e * form d l e + (2 * a * (quadratic d A e - trace d A) + -2 * (a * a)))
    (fun e => 2 * a * form d l e) (fun _ => a * a) _ (2 * 0 + -2 * a * 0) _ (2 * a * 0) (a * a)).
  - intros e y. rewrite quadratic_step. change (linear d A e) with (form d l e). change (trace (S d) A) with (trace d A + a). fold a. ring.
  - apply normal_mean_plus; [exact IH|].
    apply (normal_mean_plus d (fun e => -2 * a * (quadratic d A e - trace d A)) (fun _ => a * a)); [apply normal_mean_factor, normal_centred|apply normal_mean_const].
  - apply normal_mean_plus; [apply normal_mean_factor, normal_cubic|apply normal_mean_factor, normal_form_mean].
  - apply normal_mean_plus; [apply normal_form_product|].
    apply (normal_mean_plus d (fun e => 2 * a * (quadratic d A e - trace d A)) (fun _ => -2 * (a * a))); [apply normal_mean_factor, normal_centred|apply normal_mean_const].
  - apply normal_mean_factor, normal_form_mean.
  - apply normal_mean_const.
Qed.

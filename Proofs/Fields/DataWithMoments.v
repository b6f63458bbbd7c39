(* Theorem 1 for every probability with second moments, data without bounds among them, and every Gaussian path, alpha = 0
   included. What is asked besides is that the functions that occur have a mean. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives Gaussian ConditionalField ContinuityEquation AffinePaths
  AnyProbability BoundedData.
Open Scope R_scope.

(* ---------- means of derivatives that are uniform but for a factor h^2 that has a mean ---------- *)
Section Within.
Variables (Z : Type) (I : (Z -> R) -> Prop) (E : (Z -> R) -> R).
Hypothesis P : probability Z I E.
Variable h : Z -> R.                                        (* how far out a data point is *)
Hypothesis h1 : forall z, 1 <= h z.
Hypothesis Ih : I (fun z => h z * h z).

Definition derives_within (f : R -> Z -> R) (t : R) (df : Z -> R) := forall eps : posreal,
  locally t (fun s => forall z, Rabs (f s z - f t z - (s - t) * df z) <= eps * Rabs (s - t) * (h z * h z)).

Definition steady_within {T : UniformSpace} (f : T -> Z -> R) (t : T) := forall eps, 0 < eps ->
  locally t (fun s => forall z, Rabs (f s z - f t z) <= eps * (h z * h z)).

Lemma mean_within f c : I f -> (forall z, Rabs (f z) <= c * (h z * h z)) -> Rabs (E f) <= c * E (fun z => h z * h z).
Proof.
  intros If H. assert (S : forall k, I (fun z => k * (h z * h z)) /\ E (fun z => k * (h z * h z)) = k * E (fun z => h z * h z))
    by (intros k; exact (mean_scal Z I E P k (fun z => h z * h z) Ih)).
  destruct (S c) as [I1 E1]. destruct (S (- c)) as [I2 E2]. assert (M := proj2 (proj2 (proj2 P))). apply Rabs_le. split.
  - replace (- (c * E (fun z => h z * h z))) with (- c * E (fun z => h z * h z)) by ring. rewrite <- E2. apply M; auto.
    intros z. assert (B := H z). apply Rabs_le_between in B. lra.
  - rewrite <- E1. apply M; auto. intros z. assert (B := H z). apply Rabs_le_between in B. lra.
Qed.

Lemma moment_at_least_one : 1 <= E (fun z => h z * h z).
Proof.
  destruct (mean_const Z I E P 1) as [I1 E1]. apply Rle_trans with (E (fun _ => 1)); [lra|].
  apply (proj2 (proj2 (proj2 P))); auto. intros z. assert (Q := h1 z). nra.
Qed.

Lemma derivative_of_a_mean_within (f : R -> Z -> R) t df : (forall s, I (f s)) -> I df -> derives_within f t df ->
  is_derive (fun s => E (f s)) t (E df).
Proof.
  intros If Id H. apply is_derive_Reals. intros eps He. assert (G1 := moment_at_least_one). set (G := E (fun z => h z * h z)) in *.
  assert (e0 : 0 < eps / (2 * G)) by (apply Rdiv_lt_0_compat; lra). destruct (H (mkposreal _ e0)) as [del D]. exists del. intros k Hk Hd.
  assert (kp : 0 < Rabs k) by now apply Rabs_pos_lt.
  destruct (mean_scal Z I E P (-1) _ (If t)) as [I1 E1]. destruct (mean_scal Z I E P (- k) _ Id) as [I2 E2].
  destruct (mean_plus Z I E P _ _ I1 I2) as [I3 E3]. destruct (mean_plus Z I E P _ _ (If (t + k)) I3) as [I4 E4].
  assert (B : Rabs (E (fun z => f (t + k) z + (-1 * f t z + - k * df z))) <= eps / (2 * G) * Rabs k * G).
  { apply mean_within; [exact I4|]. intros z. assert (T : t + k - t = k) by ring. assert (C := D (t + k)).
    unfold ball in C; simpl in C. unfold AbsRing_ball, abs, minus, plus, opp in C; simpl in C.
    change (t + k + - t) with (t + k - t) in C. rewrite T in C. specialize (C Hd z).
    replace (f (t + k) z + (-1 * f t z + - k * df z)) with (f (t + k) z - f t z - k * df z) by ring. exact C. }
  rewrite E4, E3, E2, E1 in B.
  replace ((E (f (t + k)) - E (f t)) / k - E df) with ((E (f (t + k)) + (-1 * E (f t) + - k * E df)) / k) by (field; exact Hk).
  unfold Rdiv. rewrite Rabs_mult, Rabs_inv. apply Rmult_lt_reg_r with (Rabs k); [exact kp|].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. replace (eps / (2 * G) * Rabs k * G) with (eps / 2 * Rabs k) in B by (field; lra). nra.
Qed.

Lemma within_derivative (f df : R -> Z -> R) t : locally t (fun s => forall z, is_derive (fun r => f r z) s (df s z)) ->
  steady_within df t -> derives_within f t (df t).
Proof.
  intros D C eps. generalize (filter_and _ _ D (C eps (cond_pos eps))). intros (del & H). exists del. intros s Hs z.
  change (Rabs (s - t) < del) in Hs.
  assert (In : forall r, Rmin t s <= r <= Rmax t s -> Rabs (r - t) < del).
  { intros r Hr. eapply Rle_lt_trans; [|exact Hs]. revert Hr. unfold Rmin, Rmax, Rabs.
    destruct (Rle_dec t s); destruct (Rcase_abs (r - t)); destruct (Rcase_abs (s - t)); lra. }
  destruct (MVT_gen (fun r => f r z) t s (fun r => df r z)) as (c & Hc & Q).
  - intros r Hr. apply (H r). apply In. lra.
  - intros r Hr. apply continuity_pt_filterlim. apply (ex_derive_continuous (V := R_NormedModule)). exists (df r z). apply (H r). now apply In.
  - rewrite Q. replace (df c z * (s - t) - (s - t) * df t z) with ((df c z - df t z) * (s - t)) by ring. rewrite Rabs_mult.
    replace (eps * Rabs (s - t) * (h z * h z)) with (eps * (h z * h z) * Rabs (s - t)) by ring.
    apply Rmult_le_compat_r; [apply Rabs_pos|]. apply (H c). now apply In.
Qed.

(* what is steady over every bounded part of the data and grows no faster than h *)
Lemma steady_within_from {T : UniformSpace} (f : T -> Z -> R) (t : T) C : 0 <= C ->
  (forall K eps, 0 < eps -> locally t (fun s => forall z, h z <= K -> Rabs (f s z - f t z) <= eps)) ->
  locally t (fun s => forall z, Rabs (f s z) <= C * h z) -> steady_within f t.
Proof.
  intros HC B G eps He. assert (G0 := locally_singleton _ _ G). generalize (filter_and _ _ (B (2 * C / eps) eps He) G).
  apply filter_imp. intros s [H1 H2] z. assert (Q := h1 z). destruct (Rle_or_lt (h z) (2 * C / eps)) as [L|L].
  - apply Rle_trans with (eps * 1); [rewrite Rmult_1_r; now apply H1|]. apply Rmult_le_compat_l; nra.
  - specialize (H2 z). specialize (G0 z). assert (D := Rabs_triang (f s z) (- f t z)). rewrite Rabs_Ropp in D.
    assert (N : 2 * C <= eps * h z).
    { apply (Rmult_lt_compat_l eps) in L; [|exact He]. replace (eps * (2 * C / eps)) with (2 * C) in L by (field; lra). lra. }
    apply Rle_trans with (2 * C * h z); [unfold Rminus; lra|]. replace (eps * (h z * h z)) with (eps * h z * h z) by ring.
    apply Rmult_le_compat_r; lra.
Qed.

(* the same from what is steady, bounded by bounded, over the data *)
Lemma steady_within_by_parts {T : UniformSpace} (f : T -> Z -> R) (t : T) C : 0 <= C ->
  (forall K, steady {z | h z <= K} (fun s z => f s (proj1_sig z)) t) -> locally t (fun s => forall z, Rabs (f s z) <= C * h z) -> steady_within f t.
Proof.
  intros HC B G. apply (steady_within_from f t C HC); [|exact G]. intros K eps He. destruct (B K) as [_ S]. generalize (S eps He).
  apply filter_imp. intros s H z L. exact (H (exist _ z L)).
Qed.

Lemma mean_continuous_within {T : UniformSpace} (f : T -> Z -> R) (t : T) : (forall s, I (f s)) -> steady_within f t ->
  continuous (fun s => E (f s)) t.
Proof.
  intros If C. apply filterlim_locally. intros eps. assert (G1 := moment_at_least_one). set (G := E (fun z => h z * h z)) in *.
  assert (e2 : 0 < eps / (2 * G)) by (apply Rdiv_lt_0_compat; [apply cond_pos|lra]). generalize (C _ e2). apply filter_imp. intros s H.
  change (Rabs (E (f s) - E (f t)) < eps).
  destruct (mean_scal Z I E P (-1) _ (If t)) as [I1 E1]. destruct (mean_plus Z I E P _ _ (If s) I1) as [I2 E2].
  assert (B : Rabs (E (fun z => f s z + -1 * f t z)) <= eps / (2 * G) * G).
  { apply mean_within; [exact I2|]. intros z. replace (f s z + -1 * f t z) with (f s z - f t z) by ring. apply H. }
  rewrite E2, E1 in B. replace (E (f s) - E (f t)) with (E (f s) + -1 * E (f t)) by ring.
  replace (eps / (2 * G) * G) with (eps / 2) in B by (field; lra). assert (Q := cond_pos eps). lra.
Qed.

Variables (d : nat) (p : Z -> R -> vec -> R) (w : Z -> R -> vec -> vec).
Lemma within_velocity_generates (t : R) (x : vec) (dp : Z -> R) (df : nat -> Z -> R) :
  (forall s y, I (fun z => p z s y)) -> (forall s y i, I (fun z => p z s y * w z s y i)) ->
  I dp -> (forall i, (i < d)%nat -> I (df i)) -> derives_within (fun s z => p z s x) t dp ->
  (forall i, (i < d)%nat -> derives_within (fun y z => p z t (upd x i y) * w z t (upd x i y) i) (x i) (df i)) ->
  (forall z, dp z + sumn d (fun i => df i z) = 0) -> (forall y, mean_density Z E p t y <> 0) ->
  continuity d (mean_density Z E p) (mean_velocity Z E p w) t x.
Proof.
  intros Ip Iw Idp Idf Ht Hx C N. exists (E dp), (fun i => E (df i)). refine (conj _ (conj _ _)).
  - exact (derivative_of_a_mean_within (fun s z => p z s x) t dp (fun s => Ip s x) Idp Ht).
  - intros i Hi. apply is_derive_ext with (fun y => E (fun z => p z t (upd x i y) * w z t (upd x i y) i)).
    + intros y. unfold mean_velocity. now apply div_cancel.
    + apply (derivative_of_a_mean_within (fun y z => p z t (upd x i y) * w z t (upd x i y) i)); auto.
  - destruct (mean_sumn Z I E P d df Idf) as [A B]. rewrite <- B. destruct (mean_plus Z I E P _ _ Idp A) as [_ D]. rewrite <- D.
    transitivity (E (fun _ => 0)); [|apply (mean_const Z I E P)]. f_equal. apply functional_extensionality. exact C.
Qed.
End Within.

(* ---------- a normal density times powers of the distance from its mean ---------- *)
Lemma gauss_parts m s x : 0 < s -> gauss m s x = exp (- ((x - m) * (x - m) / (2 * (s * s)))) * (/ sqrt (2 * PI) * / s).
Proof.
  intros S. assert (Q := sqrt2pi_pos). unfold gauss. replace (- (x - m) ^ 2 / (2 * s ^ 2)) with (- ((x - m) * (x - m) / (2 * (s * s)))) by (field; lra).
  unfold Rdiv at 1. now rewrite Rinv_mult.
Qed.

Lemma root_at_least_one : 0 < / sqrt (2 * PI) <= 1.
Proof.
  assert (Q := sqrt2pi_pos). split; [now apply Rinv_0_lt_compat|]. rewrite <- Rinv_1. apply Rinv_le_contravar; [lra|].
  rewrite <- sqrt_1. apply sqrt_le_1_alt. assert (X := PI2_1). lra.
Qed.

Lemma gauss_top m s x : 0 < s -> 0 <= gauss m s x <= / s.
Proof.
  intros S. split; [left; now apply gauss_pos|]. rewrite gauss_parts by exact S. assert (R := root_at_least_one).
  assert (V : 0 < / s) by now apply Rinv_0_lt_compat. set (w := (x - m) * (x - m) / (2 * (s * s))).
  assert (W : 0 <= w) by (apply Rmult_le_pos; [apply Rle_0_sqr|left; apply Rinv_0_lt_compat; nra]).
  assert (X : exp (- w) <= 1) by (rewrite <- exp_0; destruct W as [W|W]; [left; apply exp_increasing; lra|rewrite <- W, Ropp_0; lra]).
  assert (X0 := exp_pos (- w)). rewrite <- (Rmult_1_l (/ s)) at 2. rewrite <- Rmult_assoc. apply Rmult_le_compat_r; nra.
Qed.

Lemma gauss_square m s x : 0 < s -> gauss m s x * ((x - m) * (x - m)) <= 2 * s.
Proof.
  intros S. rewrite gauss_parts by exact S. assert (R := root_at_least_one). set (w := (x - m) * (x - m) / (2 * (s * s))).
  assert (W : 0 <= w) by (apply Rmult_le_pos; [apply Rle_0_sqr|left; apply Rinv_0_lt_compat; nra]).
  replace ((x - m) * (x - m)) with (2 * (s * s) * w) by (unfold w; field; lra).
  assert (X0 := exp_pos (- w)). assert (I : exp w * exp (- w) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0). assert (G := exp_ineq1_le w).
  assert (K : 0 <= exp (- w) * w <= 1) by (split; [apply Rmult_le_pos; lra|nra]).
  replace (exp (- w) * (/ sqrt (2 * PI) * / s) * (2 * (s * s) * w)) with (exp (- w) * w * / sqrt (2 * PI) * (2 * s)) by (field; assert (Q :=
    sqrt2pi_pos); lra).
  rewrite <- (Rmult_1_l (2 * s)) at 2. apply Rmult_le_compat_r; [lra|nra].
Qed.

Lemma gauss_gap m s x : 0 < s -> gauss m s x * Rabs (x - m) <= 3.
Proof.
  intros S. assert (A := gauss_top m s x S). assert (B := gauss_square m s x S). set (v := x - m) in *. set (g := gauss m s x) in *.
  assert (V : Rabs v * s <= s * s + v * v) by (replace (v * v) with (Rabs v * Rabs v) by (rewrite <- Rabs_mult; apply Rabs_right, Rle_ge,
    Rle_0_sqr); assert (Q := Rle_0_sqr (Rabs v - s)); unfold Rsqr in Q; assert (Q2 := Rabs_pos v); nra).
  assert (gs : g * s <= 1) by (destruct A as [_ A]; apply (Rmult_le_compat_r s) in A; [|lra]; rewrite Rinv_l in A by lra; exact A).
  apply Rmult_le_reg_r with s; [exact S|]. assert (g * (Rabs v * s) <= g * (s * s + v * v)) by (apply Rmult_le_compat_l; [apply A|exact V]).
  assert (g * s * s <= 1 * s) by (apply Rmult_le_compat_r; lra). lra.
Qed.

Lemma prodn_bounded n f B : 1 <= B -> (forall i, (i < n)%nat -> 0 <= f i <= B) -> 0 <= prodn n f <= B ^ n.
Proof.
  intros HB. induction n; intros H; simpl; [lra|]. destruct (IHn ltac:(auto with arith)) as [C D]. destruct (H n ltac:(lia)) as [X Y].
  split; [now apply Rmult_le_pos|]. rewrite Rmult_comm. apply Rmult_le_compat; lra.
Qed.

Lemma prodn_split n f i : (i < n)%nat -> prodn n f = prodn n (fun j => if Nat.eqb j i then 1 else f j) * f i.
Proof.
  induction n; intros H; [lia|]. simpl. destruct (Nat.eq_dec i n) as [->|N].
  - rewrite Nat.eqb_refl, Rmult_1_r. f_equal. apply prodn_ext. intros j Hj. rewrite (proj2 (Nat.eqb_neq j n)) by lia. reflexivity.
  - rewrite IHn by lia. rewrite (proj2 (Nat.eqb_neq n i)) by lia. ring.
Qed.

Lemma sumn_within n f g : (forall i, (i < n)%nat -> Rabs (f i) <= g i) -> Rabs (sumn n f) <= sumn n g.
Proof.
  induction n; intros H; simpl; [rewrite Rabs_R0; lra|]. eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; auto.
Qed.

Lemma term_bound G B S rest g gap a b c y h A1 A2 A3 : 0 <= rest <= G -> 0 <= g <= B -> g * (gap * gap) <= 2 * S -> g * Rabs gap <= 3 ->
  Rabs y <= h -> 1 <= h -> Rabs a <= A1 -> Rabs b <= A2 -> Rabs c <= A3 ->
  Rabs (rest * g * (gap * gap * a + gap * (b * y) + c)) <= G * (2 * S * A1 + 3 * A2 + B * A3) * h.
Proof.
  intros Hr Hg H2 H1 Hy Hh Ha Hb Hc.
  replace (rest * g * (gap * gap * a + gap * (b * y) + c)) with (rest * (g * (gap * gap) * a + (g * gap * (b * y) + g * c))) by ring.
  rewrite Rabs_mult, (Rabs_right rest) by lra.
  replace (G * (2 * S * A1 + 3 * A2 + B * A3) * h) with (G * ((2 * S * A1 + 3 * A2 + B * A3) * h)) by ring.
  assert (Q0 := Rabs_pos a). assert (Q1 := Rabs_pos b). assert (Q2 := Rabs_pos c). assert (Q3 := Rabs_pos y). assert (Q4 := Rabs_pos gap).
  assert (sq : 0 <= g * (gap * gap)) by (apply Rmult_le_pos; [lra|apply Rle_0_sqr]).
  assert (T1 : Rabs (g * (gap * gap) * a) <= 2 * S * A1 * h).
  { rewrite Rabs_mult, (Rabs_right (g * (gap * gap))) by lra. apply Rle_trans with (2 * S * A1); [apply Rmult_le_compat; lra|].
    rewrite <- (Rmult_1_r (2 * S * A1)) at 1. apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|exact Hh]. }
  assert (T2 : Rabs (g * gap * (b * y)) <= 3 * A2 * h).
  { rewrite !Rabs_mult, (Rabs_right g) by lra. replace (3 * A2 * h) with (3 * (A2 * h)) by ring.
  apply Rmult_le_compat; auto; [apply Rmult_le_pos; lra|apply Rmult_le_pos; lra|].
    apply Rmult_le_compat; lra. }
  assert (T3 : Rabs (g * c) <= B * A3 * h).
  { rewrite Rabs_mult, (Rabs_right g) by lra. apply Rle_trans with (B * A3); [apply Rmult_le_compat; lra|].
    rewrite <- (Rmult_1_r (B * A3)) at 1. apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|exact Hh]. }
  apply Rmult_le_compat; [lra|apply Rabs_pos|lra|]. eapply Rle_trans; [apply Rabs_triang|]. assert (T4 := Rabs_triang (g * gap * (b * y)) (g * c)). lra.
Qed.

Section Data.
Variables (Z : Type) (I : (Z -> R) -> Prop) (E : (Z -> R) -> R).
Hypothesis P : probability Z I E.
Variables (d : nat) (point : Z -> vec).
Definition spread (z : Z) : R := 1 + sumn d (fun i => Rabs (point z i)).
Hypothesis second_moments : I (fun z => spread z * spread z).
Variables (p : path) (t : R) (x : vec).
Hypothesis regular_near : locally t (fun s => regular p s).
Hypothesis Ca : continuous (alphaDot p) t.
Hypothesis Ch : continuous (halfVarianceDot p) t.

Lemma spread_1 z : 1 <= spread z.
Proof. unfold spread. assert (Q := sumn_nonneg d (fun i => Rabs (point z i)) (fun i _ => Rabs_pos _)). lra. Qed.

Lemma spread_of z i : (i < d)%nat -> Rabs (point z i) <= spread z.
Proof.
  intros Hi. assert (T : forall n (f : nat -> R), (forall k, 0 <= f k) -> (i < n)%nat -> f i <= sumn n f).
  { intros n f H. induction n; intros L; [lia|]. simpl. destruct (Nat.eq_dec i n) as [->|N].
    - assert (Q := sumn_nonneg n f (fun k _ => H k)). lra.
    - assert (Q := IHn ltac:(lia)). assert (Q2 := H n). lra. }
  assert (Q := T d (fun i => Rabs (point z i)) (fun k => Rabs_pos _) Hi). simpl in Q. unfold spread. lra.
Qed.

Let near_data K (z : {z | spread z <= K}) i : (i < d)%nat -> Rabs (point (proj1_sig z) i) <= K :=
  fun Hi => Rle_trans _ _ _ (spread_of (proj1_sig z) i Hi) (proj2_sig z).

Let v s := variance p s.
Let dt s z := path_density d p (point z) s x * sumn d (fun i =>
  (x i - alpha p s * point z i) * (x i - alpha p s * point z i) * (halfVarianceDot p s * (/ v s * / v s))
  + (x i - alpha p s * point z i) * (alphaDot p s * point z i) * / v s - halfVarianceDot p s * / v s).
Let slope := halfVarianceDot p t / v t.
Let flux_dx (i : nat) (y : R) (z : Z) :=
  prodn d (fun j => if Nat.eqb j i then 1 else gauss (alpha p t * point z j) (sigma p t) (x j)) * (gauss (alpha p t * point z i) (sigma p t) y *
  (slope - (y - alpha p t * point z i) * / v t * (slope * (y - alpha p t * point z i) + alphaDot p t * point z i))).

Lemma rate_steady_inside K eps : 0 < eps -> locally t (fun s => forall z, spread z <= K -> Rabs (dt s z - dt t z) <= eps).
Proof.
  intros He. destruct (rate_steady {z | spread z <= K} d (fun z => point (proj1_sig z)) K (near_data K) p t x regular_near Ca Ch) as [_ S].
  generalize (S eps He). apply filter_imp. intros s H z L. exact (H (exist _ z L)).
Qed.

Lemma flux_steady_inside i K eps : (i < d)%nat -> 0 < eps ->
  locally (x i) (fun y => forall z, spread z <= K -> Rabs (flux_dx i y z - flux_dx i (x i) z) <= eps).
Proof.
  intros Hi He. destruct (flux_steady {z | spread z <= K} d (fun z => point (proj1_sig z)) K (near_data K) p t x regular_near i Hi) as [_ S].
  generalize (S eps He). apply filter_imp. intros y H z L. exact (H (exist _ z L)).
Qed.

Lemma sigma_positive : 0 < sigma p t.
Proof. apply (locally_singleton _ _ regular_near). Qed.

Lemma sigma_moves : continuous (sigma p) t.
Proof. apply (ex_derive_continuous (V := R_NormedModule)). exists (sigmaDot p t). apply (locally_singleton _ _ regular_near). Qed.

Lemma bounded_near (f : R -> R) : continuous f t -> locally t (fun s => Rabs (f s) <= Rabs (f t) + 1).
Proof.
  intros C. generalize (proj1 (filterlim_locally (F := locally t) _ _) C (mkposreal 1 Rlt_0_1)). apply filter_imp. intros s H.
  change (Rabs (f s - f t) < 1) in H. replace (f s) with (f t + (f s - f t)) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra.
Qed.

Lemma inverse_variance_moves : continuous (fun s => / v s) t.
Proof.
  assert (S := sigma_positive). apply (continuous_comp v Rinv).
  - apply (continuous_mult (K := R_AbsRing)); apply sigma_moves.
  - apply continuous_Rinv, Rgt_not_eq. unfold v, variance. now apply Rmult_lt_0_compat.
Qed.

Lemma rate_growth : exists C, 0 <= C /\ locally t (fun s => forall z, Rabs (dt s z) <= C * spread z).
Proof.
  assert (S := sigma_positive). set (B := Rmax 1 (/ (sigma p t / 2))). assert (B1 : 1 <= B) by apply Rmax_l.
  assert (CV := inverse_variance_moves).
  assert (F1 : continuous (fun s => halfVarianceDot p s * (/ v s * / v s)) t)
    by (apply (continuous_mult (K := R_AbsRing)); [exact Ch|apply (continuous_mult (K := R_AbsRing)); exact CV]).
  assert (F2 : continuous (fun s => alphaDot p s * / v s) t) by (apply (continuous_mult (K := R_AbsRing)); [exact Ca|exact CV]).
  assert (F3 : continuous (fun s => halfVarianceDot p s * / v s) t) by (apply (continuous_mult (K := R_AbsRing)); [exact Ch|exact CV]).
  apply bounded_near in F1, F2, F3.
  set (A1 := Rabs (halfVarianceDot p t * (/ v t * / v t)) + 1) in *. set (A2 := Rabs (alphaDot p t * / v t) + 1) in *.
  set (A3 := Rabs (halfVarianceDot p t * / v t) + 1) in *.
  set (c := B ^ d * (2 * (2 * sigma p t) * A1 + 3 * A2 + B * A3)).
  assert (P1 : 0 <= A1) by (unfold A1; assert (Q := Rabs_pos (halfVarianceDot p t * (/ v t * / v t))); lra).
  assert (P2 : 0 <= A2) by (unfold A2; assert (Q := Rabs_pos (alphaDot p t * / v t)); lra).
  assert (P3 : 0 <= A3) by (unfold A3; assert (Q := Rabs_pos (halfVarianceDot p t * / v t)); lra).
  assert (c0 : 0 <= c).
  { unfold c. apply Rmult_le_pos; [apply pow_le; lra|]. repeat apply Rplus_le_le_0_compat; repeat apply Rmult_le_pos; lra. }
  exists (sumn d (fun _ => c)). split; [now apply sumn_nonneg|].
  assert (Sg : locally t (fun s => sigma p t / 2 < sigma p s < 2 * sigma p t)).
  { apply filter_and; [exact (sigma_moves _ (open_gt (sigma p t / 2) (sigma p t) ltac:(lra)))|exact (sigma_moves _ (open_lt (2 * sigma p t)
    (sigma p t) ltac:(lra)))]. }
  generalize (filter_and _ _ Sg (filter_and _ _ F1 (filter_and _ _ F2 F3))). apply filter_imp. intros s ((S1 & S2) & G1 & G2 & G3) z.
  unfold dt. rewrite <- sumn_scal. rewrite <- (Rmult_comm (spread z)), <- sumn_scal. apply sumn_within. intros i Hi.
  assert (top : forall m y, 0 <= gauss m (sigma p s) y <= B).
  { intros m y. destruct (gauss_top m (sigma p s) y ltac:(lra)) as [X Y]. split; [exact X|]. eapply Rle_trans; [exact Y|].
    eapply Rle_trans; [|apply Rmax_r]. apply Rinv_le_contravar; lra. }
  unfold path_density, gauss_vec. rewrite (prodn_split d _ i Hi).
  set (rest := prodn d _). set (g := gauss (alpha p s * point z i) (sigma p s) (x i)).
  replace (rest * g * ((x i - alpha p s * point z i) * (x i - alpha p s * point z i) * (halfVarianceDot p s * (/ v s * / v s))
      + (x i - alpha p s * point z i) * (alphaDot p s * point z i) * / v s - halfVarianceDot p s * / v s))
    with (rest * g * ((x i - alpha p s * point z i) * (x i - alpha p s * point z i) * (halfVarianceDot p s * (/ v s * / v s))
      + (x i - alpha p s * point z i) * (alphaDot p s * / v s * point z i) + - (halfVarianceDot p s * / v s))) by ring.
  rewrite (Rmult_comm (spread z)). apply term_bound with (B := B) (S := 2 * sigma p t); auto.
  - unfold rest. apply prodn_bounded; [exact B1|]. intros j _. destruct (Nat.eqb j i); [lra|apply top].
  - apply top.
  - eapply Rle_trans; [apply gauss_square; lra|lra].
  - apply gauss_gap. lra.
  - now apply spread_of.
  - apply spread_1.
  - now rewrite Rabs_Ropp.
Qed.

Lemma flux_growth i : (i < d)%nat -> exists C, 0 <= C /\ locally (x i) (fun y => forall z, Rabs (flux_dx i y z) <= C * spread z).
Proof.
  intros Hi. assert (S := sigma_positive). set (B := Rmax 1 (/ sigma p t)). assert (B1 : 1 <= B) by apply Rmax_l.
  exists (B ^ d * (2 * sigma p t * Rabs (- (/ v t * slope)) + 3 * Rabs (- (/ v t * alphaDot p t)) + B * Rabs slope)). split.
  { apply Rmult_le_pos; [apply pow_le; lra|]. repeat apply Rplus_le_le_0_compat; repeat apply Rmult_le_pos; try apply Rabs_pos; lra. }
  apply filter_forall. intros y z.
  assert (top : forall m y, 0 <= gauss m (sigma p t) y <= B).
  { intros m w. destruct (gauss_top m (sigma p t) w S) as [X Y]. split; [exact X|]. eapply Rle_trans; [exact Y|apply Rmax_r]. }
  unfold flux_dx. set (rest := prodn d _). set (g := gauss (alpha p t * point z i) (sigma p t) y).
  replace (rest * (g * (slope - (y - alpha p t * point z i) * / v t * (slope * (y - alpha p t * point z i) + alphaDot p t * point z i))))
    with (rest * g * ((y - alpha p t * point z i) * (y - alpha p t * point z i) * - (/ v t * slope)
      + (y - alpha p t * point z i) * (- (/ v t * alphaDot p t) * point z i) + slope)) by ring.
  apply term_bound; try (right; reflexivity).
  - unfold rest. apply prodn_bounded; [exact B1|]. intros j _. destruct (Nat.eqb j i); [lra|apply top].
  - apply top.
  - now apply gauss_square.
  - now apply gauss_gap.
  - now apply spread_of.
  - apply spread_1.
Qed.

(* the mean density is positive: half of the data lie within twice the moment *)
Lemma mean_density_positive_with_moments y : I (fun z => path_density d p (point z) t y) ->
  0 < mean_density Z E (fun z => path_density d p (point z)) t y.
Proof.
  intros In. assert (S := sigma_positive). assert (G1 := moment_at_least_one Z I E P spread spread_1 second_moments).
  set (G := E (fun z => spread z * spread z)) in *. set (R := 2 * G).
  set (c := prodn d (fun j => gauss 0 (sigma p t) (Rabs (y j) + Rabs (alpha p t) * R))).
  assert (c0 : 0 < c) by (apply prodn_pos; intros; now apply gauss_pos). set (k := c / (R * R)).
  assert (k0 : 0 < k) by (apply Rdiv_lt_0_compat; [exact c0|unfold R; nra]).
  destruct (mean_const Z I E P c) as [Ic Ec]. destruct (mean_scal Z I E P (- k) _ second_moments) as [Ik Ek].
  destruct (mean_plus Z I E P _ _ Ic Ik) as [Is Es]. rewrite Ec, Ek in Es. fold G in Es.
  apply Rlt_le_trans with (c + - k * G).
  - assert (E1 : c = k * (R * R)) by (unfold k; field; unfold R; nra). rewrite E1.
    replace (k * (R * R) + - k * G) with (k * G * (4 * G - 1)) by (unfold R; ring). apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat|]; lra.
  - rewrite <- Es. apply (proj2 (proj2 (proj2 P))); [exact Is|exact In|]. intros z. cbv beta.
    assert (N0 : 0 <= path_density d p (point z) t y) by (left; apply gauss_vec_pos; intros; exact S).
    assert (Q := spread_1 z). destruct (Rle_or_lt (spread z) R) as [L|L].
    + apply Rle_trans with c; [assert (0 <= k * (spread z * spread z)) by (apply Rmult_le_pos; nra); lra|].
      apply (prodn_le d (fun j => gauss 0 (sigma p t) (Rabs (y j) + Rabs (alpha p t) * R))
        (fun j => gauss (alpha p t * point z j) (sigma p t) (y j))). intros j Hj. split; [left; now apply gauss_pos|]. apply gauss_below; [exact S|].
      eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp, Rabs_mult. apply Rplus_le_compat_l.
      apply Rmult_le_compat_l; [apply Rabs_pos|]. eapply Rle_trans; [now apply spread_of|exact L].
    + apply Rle_trans with 0; [|exact N0]. assert (E1 : c = k * (R * R)) by (unfold k; field; unfold R; nra).
      assert (k * (R * R) <= k * (spread z * spread z)) by (apply Rmult_le_compat_l; [lra|unfold R in *; nra]). lra.
Qed.

(* Lipman et al., Theorem 1, for every probability over R^d with second moments, Gaussian paths, alpha = 0 included: the
   posterior mean of u_t(x|x1) generates the mean density. *)
Theorem data_with_second_moments_velocity_generates :
  (forall s y, I (fun z => path_density d p (point z) s y)) ->
  (forall s y i, I (fun z => path_density d p (point z) s y * path_velocity p (point z) s y i)) ->
  I (data_dt Z d point p t x) -> (forall i, (i < d)%nat -> I (data_flux Z d point p t x i)) ->
  continuity d (mean_density Z E (fun z => path_density d p (point z)))
    (mean_velocity Z E (fun z => path_density d p (point z)) (fun z => path_velocity p (point z))) t x.
Proof.
  intros In Iu It If. assert (S := sigma_positive). assert (V : 0 < v t) by (unfold v, variance; now apply Rmult_lt_0_compat).
  assert (Et : dt t = data_dt Z d point p t x).
  { apply functional_extensionality. intros z. unfold dt, data_dt. f_equal. apply sumn_ext. intros i _. fold (v t). field. lra. }
  assert (Ef : forall i, (i < d)%nat -> flux_dx i (x i) = data_flux Z d point p t x i).
  { intros i Hi. apply functional_extensionality. intros z. unfold flux_dx, data_flux, path_density, gauss_vec.
    rewrite (prodn_split d (fun j => gauss (alpha p t * point z j) (sigma p t) (x j)) i Hi). cbv beta. fold (v t). unfold slope, Rdiv. ring. }
  apply (within_velocity_generates Z I E P spread spread_1 second_moments d (fun z => path_density d p (point z)) (fun z => path_velocity p
    (point z)) t x
    (data_dt Z d point p t x) (data_flux Z d point p t x)); auto.
  - rewrite <- Et. apply (within_derivative Z spread (fun s z => path_density d p (point z) s x) dt t).
    + generalize regular_near. apply filter_imp. intros s Rs z. exact (density_moves Z d point p x s z Rs).
    + destruct rate_growth as (C & C0 & HC). exact (steady_within_from Z spread spread_1 dt t C C0 rate_steady_inside HC).
  - intros i Hi. rewrite <- (Ef i Hi).
    apply (within_derivative Z spread (fun y z => path_density d p (point z) t (upd x i y) * path_velocity p (point z) t (upd x i y) i) (flux_dx
      i) (x i)).
    + apply filter_forall. intros y z. exact (flux_moves Z d point p t x regular_near i y z Hi).
    + destruct (flux_growth i Hi) as (C & C0 & HC).
      exact (steady_within_from Z spread spread_1 (flux_dx i) (x i) C C0 (fun K eps => flux_steady_inside i K eps Hi) HC).
  - intros z. unfold data_dt, data_flux. rewrite sumn_scal, <- Rmult_plus_distr_l, <- sumn_plus.
    rewrite (sumn_ext d _ (fun _ => 0)), sumn_zero; [ring|]. intros i _. fold (v t). field. lra.
  - intros y. apply Rgt_not_eq, mean_density_positive_with_moments, In.
Qed.
End Data.

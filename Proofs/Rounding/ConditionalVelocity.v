(* Rounding of the conditional velocity as coded, path by path, u = 2^-53. Standard model: every operation
   returns its exact result times (1 + e) with |e| <= u, no overflow or underflow; exp and expm1 of the
   system within 1 ulp, |e| <= 2 u. The time is given by t and r = 1 - t. *)
Require Import Reals Psatz.
From Flocq Require Import Core.
From Gappa Require Import Gappa_tactic.
From FlowProofs Require Import VariancePreserving Fields.
Open Scope R_scope.

Definition u64 : R := 1 / 9007199254740992.

(* |(1 + e) - 1| for products and quotients of rounding factors, by interval arithmetic. *)
Ltac factors := unfold u64 in *; gappa.

Lemma Rabs_1_plus e c : Rabs e <= c -> Rabs (1 + e) <= 1 + c.
Proof. intros H. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_R1. lra. Qed.

(* The promise of the library, 4 u (|y| + sensitivity): it holds for y = alpha' x1 + rate (x - alpha x1) as coded,
   whenever the schedule's alpha and alpha' are exact and its rate v'/(2v) is off by at most 5.75 u; here the
   sensitivity is |x du/dx| + |x1 du/dx1| alone. On every path alpha and alpha' grow and v falls. *)
Theorem conditional_velocity_promise (alpha alphaDot rate x x1 e1 e2 e3 er : R) :
  0 <= alpha -> 0 <= alphaDot -> rate <= 0 ->
  Rabs e1 <= u64 -> Rabs e2 <= u64 -> Rabs e3 <= u64 -> Rabs er <= 23 / 4 * u64 ->
  let y := alphaDot * x1 + rate * (x - alpha * x1) in
  let sensitivity := Rabs (rate * x) + Rabs ((alphaDot - rate * alpha) * x1) in
  let computed := (alphaDot * x1 * (1 + e1) + rate * (1 + er) * ((x - alpha * x1) * (1 + e2))) * (1 + e3) in
  Rabs (computed - y) <= 4 * u64 * (Rabs y + sensitivity).
Proof.
  intros Ha Hd Hr H1 H2 H3 H4 y sensitivity computed.
  assert (U : 0 < u64) by (unfold u64; lra).
  assert (C := conditional_velocity_rounding (alphaDot * x1) rate (x - alpha * x1) u64 (23 / 4 * u64) e1 e2 e3 er
                 (Rlt_le _ _ U) ltac:(lra) H1 H2 H3 H4).
  fold y in C. fold computed in C. unfold sensitivity. eapply Rle_trans; [exact C|].
  set (P := alphaDot * x1) in *. set (Q := rate * (x - alpha * x1)) in *.
  assert (Y : y = P + Q) by reflexivity.
  assert (B : Rabs ((alphaDot - rate * alpha) * x1) = Rabs P + Rabs (rate * alpha * x1)).
  { unfold P. rewrite !Rabs_mult, (Rabs_right alphaDot), (Rabs_right alpha), (Rabs_left1 rate) by lra.
    rewrite Rabs_right by nra. ring. }
  rewrite B. set (A := Rabs (rate * x)). set (D := Rabs (rate * alpha * x1)).
  assert (Q1 : Rabs Q <= Rabs y + Rabs P).
  { rewrite Y. replace Q with ((P + Q) + - P) at 1 by ring. eapply Rle_trans; [apply Rabs_triang|].
    rewrite Rabs_Ropp. lra. }
  assert (Q2 : Rabs Q <= A + D).
  { unfold Q, A, D. replace (rate * (x - alpha * x1)) with (rate * x + - (rate * alpha * x1)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra. }
  assert (P0 := Rabs_pos P). assert (Q0 := Rabs_pos Q). assert (Y0 := Rabs_pos y).
  assert (A0 : 0 <= A) by apply Rabs_pos. assert (D0 : 0 <= D) by apply Rabs_pos.
  unfold u64. lra.
Qed.

(* OT as coded: sigma = fma(t, s, r), sigma' = s - 1, v = sigma^2, v' = fma(sigma, sigma', sigma' sigma),
   rate = v'/(2 v): within 5.75 u of -(1 - s)/sigma. *)
Theorem ot_rate_rounding (s sigma a b d1 d2 d3 d4 : R) : 0 < sigma ->
  Rabs a <= u64 -> Rabs b <= u64 -> Rabs d1 <= u64 -> Rabs d2 <= u64 -> Rabs d3 <= u64 -> Rabs d4 <= u64 ->
  let sigma_ := sigma * (1 + a) in
  let slope_ := - (1 - s) * (1 + b) in
  let rate_ := (sigma_ * slope_ * (1 + d1) + slope_ * sigma_) * (1 + d2) / (2 * (sigma_ * sigma_ * (1 + d3))) * (1 + d4) in
  exists er, Rabs er <= 23 / 4 * u64 /\ rate_ = - (1 - s) / sigma * (1 + er).
Proof.
  intros Hs Ha Hb H1 H2 H3 H4 sigma_ slope_ rate_.
  exists ((1 + b) * (1 + d1 / 2) * (1 + d2) * (1 + d4) / ((1 + a) * (1 + d3)) - 1). split.
  - factors.
  - unfold rate_, sigma_, slope_. apply Rabs_le_inv in Ha. apply Rabs_le_inv in H3. unfold u64 in *. field. lra.
Qed.

(* OT: the conditional velocity as coded keeps the promise. *)
Theorem ot_conditional_velocity_rounding (s t r x x1 a b d1 d2 d3 d4 e1 e2 e3 : R) :
  0 <= s <= 1 -> 0 <= t -> 0 <= r -> r + t = 1 -> 0 < r + s * t ->
  Rabs a <= u64 -> Rabs b <= u64 -> Rabs d1 <= u64 -> Rabs d2 <= u64 -> Rabs d3 <= u64 -> Rabs d4 <= u64 ->
  Rabs e1 <= u64 -> Rabs e2 <= u64 -> Rabs e3 <= u64 ->
  let sigma := r + s * t in
  let rate := - (1 - s) / sigma in
  let sigma_ := sigma * (1 + a) in
  let slope_ := - (1 - s) * (1 + b) in
  let rate_ := (sigma_ * slope_ * (1 + d1) + slope_ * sigma_) * (1 + d2) / (2 * (sigma_ * sigma_ * (1 + d3))) * (1 + d4) in
  let y := ((x1 - x) + s * x) / sigma in
  Rabs ((x1 * (1 + e1) + rate_ * ((x - t * x1) * (1 + e2))) * (1 + e3) - y)
  <= 4 * u64 * (Rabs y + (Rabs (rate * x) + Rabs ((1 - rate * t) * x1))).
Proof.
  intros Hs Ht Hr Hrt H0 Ha Hb H1 H2 H3 H4 E1 E2 E3 sigma rate sigma_ slope_ rate_ y.
  destruct (ot_rate_rounding s sigma a b d1 d2 d3 d4 H0 Ha Hb H1 H2 H3 H4) as (er & He & R_).
  fold sigma_ slope_ rate_ in R_. fold rate in R_. rewrite R_.
  assert (Hrate : rate <= 0).
  { unfold rate, Rdiv. assert (0 < / sigma) by now apply Rinv_0_lt_compat. nra. }
  assert (C := conditional_velocity_promise t 1 rate x x1 e1 e2 e3 er Ht Rle_0_1 Hrate E1 E2 E3 He).
  cbv zeta in C. assert (Y : y = 1 * x1 + rate * (x - t * x1)).
  { assert (S0 : 0 < sigma) by exact H0. unfold y, rate. apply Rmult_eq_reg_r with sigma; [|lra].
    replace ((x1 - x + s * x) / sigma * sigma) with (x1 * (r + t) - (1 - s) * x) by (rewrite Hrt; field; lra).
    replace ((1 * x1 + - (1 - s) / sigma * (x - t * x1)) * sigma) with (x1 * sigma - (1 - s) * (x - t * x1))
      by (field; lra).
    unfold sigma. ring. }
  rewrite Y. replace (x1 * (1 + e1)) with (1 * x1 * (1 + e1)) by ring. exact C.
Qed.

(* VE as coded for t >= 1/2: E = 2 L r, v = s^2 expm1(E), v' = (exp(E) (-2 L)) s^2, rate = v'/(2 v): the velocity
   -(L/(1 - exp(-E))) (x - x1) within 12 u of its size. *)
Theorem ve_conditional_velocity_rounding (L r s x x1 a m p d1 d2 d3 d4 e2 e3 : R) :
  0 < L -> 0 < r -> s <> 0 ->
  Rabs a <= u64 -> Rabs m <= 2 * u64 -> Rabs p <= 2 * u64 ->
  Rabs d1 <= u64 -> Rabs d2 <= u64 -> Rabs d3 <= u64 -> Rabs d4 <= u64 -> Rabs e2 <= u64 -> Rabs e3 <= u64 ->
  let E := 2 * L * r in
  let E_ := E * (1 + a) in
  let v_ := (exp E_ - 1) * (1 + m) * (s * s) * (1 + d1) in
  let v'_ := exp E_ * (1 + p) * (- 2 * L) * (1 + d2) * (s * s) * (1 + d3) in
  let rate_ := v'_ / (2 * v_) * (1 + d4) in
  let y := - (L / (1 - exp (- E))) * (x - x1) in
  Rabs (rate_ * ((x - x1) * (1 + e2)) * (1 + e3) - y) <= 12 * u64 * Rabs y.
Proof.
  intros HL Hr Hs Ha Hm Hpp H1 H2 H3 H4 H5 H6 E E_ v_ v'_ rate_ y.
  assert (E0 : 0 < E) by (unfold E; nra).
  assert (Ba := Rabs_le_inv _ _ Ha). assert (Bm := Rabs_le_inv _ _ Hm). assert (B1 := Rabs_le_inv _ _ H1).
  assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  assert (E1 : 0 < E_) by (unfold E_; apply Rmult_lt_0_compat; lra).
  assert (D0 : 0 < 1 - exp (- E)).
  { assert (A := exp_ge E). assert (I := exp_inv E). assert (P := exp_pos (- E)). nra. }
  assert (D1 : 0 < 1 - exp (- E_)).
  { assert (A := exp_ge E_). assert (I := exp_inv E_). assert (P := exp_pos (- E_)). nra. }
  assert (C := expm1_cond E a (Rlt_le _ _ E0) ltac:(lra)). fold E_ in C.
  set (D := 1 - exp (- E)) in *. set (D_ := 1 - exp (- E_)) in *.
  (* D_ = D (1 + th), |th| <= u *)
  set (th := D_ / D - 1).
  assert (Hth : Rabs th <= u64).
  { unfold th. replace (D_ / D - 1) with ((D_ - D) / D) by (field; lra). unfold Rdiv. rewrite Rabs_mult.
    rewrite (Rabs_right (/ D)) by (apply Rle_ge, Rlt_le, Rinv_0_lt_compat; lra).
    apply Rmult_le_reg_r with D; [lra|]. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    eapply Rle_trans; [exact C|]. apply Rmult_le_compat_r; lra. }
  assert (ED : D_ = D * (1 + th)) by (unfold th; field; lra).
  assert (X : exp E_ - 1 = exp E_ * D_).
  { unfold D_. rewrite Rmult_minus_distr_l, exp_inv. ring. }
  set (f := (1 + p) * (1 + d2) * (1 + d3) * (1 + d4) * (1 + e2) * (1 + e3) / ((1 + th) * (1 + m) * (1 + d1))).
  assert (F : Rabs (f - 1) <= 12 * u64) by (unfold f; clear - Hth Hm Hpp H1 H2 H3 H4 H5 H6; factors).
  assert (Bt := Rabs_le_inv _ _ Hth). assert (P := exp_pos E_).
  replace (rate_ * ((x - x1) * (1 + e2)) * (1 + e3) - y) with ((f - 1) * y).
  - rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|exact F].
  - unfold rate_, v'_, v_, y, f. rewrite X, ED. field. repeat split; lra.
Qed.

(* VP as coded: T off by at most u, v = -expm1(-T), v' = -(exp(-T) beta) with beta off by at most k u: the rate
   v'/(2v) is within (8 + k + T) u of -beta/(2 (exp(T) - 1)). The T is real: exp(-T) turns the relative error
   of T into T times as much. *)
Theorem vp_rate_rounding (T beta a m p b d1 d4 k : R) :
  0 < T <= 4096 -> 0 <= k <= 16 ->
  Rabs a <= u64 -> Rabs m <= 2 * u64 -> Rabs p <= 2 * u64 -> Rabs b <= k * u64 -> Rabs d1 <= u64 -> Rabs d4 <= u64 ->
  let T_ := T * (1 + a) in
  let v_ := (1 - exp (- T_)) * (1 + m) in
  let v'_ := - (exp (- T_) * (1 + p) * (beta * (1 + b)) * (1 + d1)) in
  let rate_ := v'_ / (2 * v_) * (1 + d4) in
  exists er, Rabs er <= (8 + k + T) * u64 /\ rate_ = - beta / (2 * (exp T - 1)) * (1 + er).
Proof.
  intros HT Hk Ha Hm Hp Hb H1 H4 T_ v_ v'_ rate_.
  assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  assert (Ba := Rabs_le_inv _ _ Ha). assert (Bm := Rabs_le_inv _ _ Hm).
  set (G := (1 + p) * (1 + d1) * (1 + d4) / (1 + m)).
  assert (FG : Rabs (G - 1) <= 25 / 4 * u64) by (unfold G; clear - Hm Hp H1 H4; factors).
  assert (T0 : 0 < exp T - 1) by (assert (A := exp_ge T); lra).
  assert (T1 : 0 < T_) by (unfold T_; apply Rmult_lt_0_compat; lra).
  assert (T2 : 0 < exp T_ - 1) by (assert (A := exp_ge T_); lra).
  assert (C := expm1_growing_cond T a (Rlt_le _ _ (proj1 HT))). fold T_ in C.
  assert (EX : exp (T * Rabs a) <= 1 + 1 / 1073741824).
  { set (z := T * Rabs a). assert (Z0 : 0 <= z) by (apply Rmult_le_pos; [lra|apply Rabs_pos]).
    assert (Z1 : z <= 4096 * u64) by (apply Rmult_le_compat; try lra; apply Rabs_pos).
    assert (A := exp_ge (- z)). assert (I := exp_inv z). assert (P := exp_pos z).
    rewrite U in Z1. assert (exp z * (1 - z) <= 1) by nra. nra. }
  set (th := (exp T_ - 1) / (exp T - 1) - 1).
  assert (Hth : Rabs th <= u64 * (1 + T) * (1 + 1 / 1073741824)).
  { unfold th. replace ((exp T_ - 1) / (exp T - 1) - 1) with ((exp T_ - 1 - (exp T - 1)) / (exp T - 1)) by (field; lra).
    unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ _)) by (apply Rle_ge, Rlt_le, Rinv_0_lt_compat; lra).
    apply Rmult_le_reg_r with (exp T - 1); [lra|]. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    eapply Rle_trans; [exact C|]. apply Rmult_le_compat_r; [lra|].
    assert (R0 := Rabs_pos a). assert (P := exp_pos (T * Rabs a)).
    apply Rmult_le_compat; [apply Rmult_le_pos; lra|lra| |exact EX].
    apply Rmult_le_compat_r; lra. }
  assert (ET : exp T_ - 1 = (exp T - 1) * (1 + th)) by (unfold th; field; lra).
  assert (Bt := Rabs_le_inv _ _ Hth). assert (Bg := Rabs_le_inv _ _ FG). assert (Bb := Rabs_le_inv _ _ Hb).
  assert (KU : 0 <= k * u64 <= 16 * u64) by (rewrite U; split; nra).
  assert (TU : u64 * (1 + T) * (1 + 1 / 1073741824) <= 4098 * u64) by (rewrite U; nra).
  exists (G * (1 + b) / (1 + th) - 1). split.
  - assert (P1 : 0 < 1 + th) by (rewrite U in *; lra).
    replace (G * (1 + b) / (1 + th) - 1) with (((G - 1) + G * b - th) / (1 + th)) by (field; lra).
    unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ _)) by (apply Rle_ge, Rlt_le, Rinv_0_lt_compat; lra).
    apply Rmult_le_reg_r with (1 + th); [lra|]. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    assert (GB : Rabs (G * b) <= (1 + 7 * u64) * (k * u64)).
    { rewrite Rabs_mult. apply Rmult_le_compat; try apply Rabs_pos; [|exact Hb]. apply Rabs_le. rewrite U in *. lra. }
    apply Rle_trans with (25 / 4 * u64 + (1 + 7 * u64) * (k * u64) + u64 * (1 + T) * (1 + 1 / 1073741824)).
    + eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. apply Rplus_le_compat; [|exact Hth].
      eapply Rle_trans; [apply Rabs_triang|]. lra.
    + apply Rle_trans with ((8 + k + T) * u64 * (1 - 4098 * u64)).
      * rewrite U. nra.
      * apply Rmult_le_compat_l; [rewrite U; nra|lra].
  - assert (P := exp_pos (- T_)). assert (I := exp_inv T_).
    assert (X : 1 - exp (- T_) = exp (- T_) * (exp T_ - 1)) by (rewrite Rmult_minus_distr_l, Rmult_1_r, Rmult_comm, I; ring).
    unfold rate_, v'_, v_, G. rewrite X, ET. field. rewrite U in *. repeat split; lra.
Qed.

(* The conditional velocity from a schedule with errors: alpha off by al, alpha' by de, the rate by rho. *)
Theorem conditional_velocity_rounding_of_schedule (alpha alphaDot rate x x1 u al de rho e1 e2 e3 ea ed er : R) :
  0 <= u -> 0 <= al -> 0 <= de -> 0 <= rho ->
  Rabs e1 <= u -> Rabs e2 <= u -> Rabs e3 <= u -> Rabs ea <= al -> Rabs ed <= de -> Rabs er <= rho ->
  let y := alphaDot * x1 + rate * (x - alpha * x1) in
  let computed := (alphaDot * (1 + ed) * x1 * (1 + e1)
    + rate * (1 + er) * ((x - alpha * (1 + ea) * x1) * (1 + e2))) * (1 + e3) in
  Rabs (computed - y) <= u * Rabs y + (1 + u) * ((u + de + u * de) * Rabs (alphaDot * x1)
    + (u + rho + u * rho) * Rabs (rate * (x - alpha * x1)) + (1 + rho) * (1 + u) * al * Rabs (rate * alpha * x1)).
Proof.
  intros Hu Hal Hde Hrho H1 H2 H3 Ha Hd Hr y computed.
  set (P := alphaDot * x1). set (Q := rate * (x - alpha * x1)). set (D := rate * alpha * x1).
  replace (computed - y) with (e3 * y + (1 + e3) * (P * (e1 + ed + e1 * ed) + Q * (e2 + er + e2 * er)
      + - (D * ((1 + er) * (1 + e2) * ea)))) by (unfold computed, y, P, Q, D; ring).
  assert (S : forall a b c d, Rabs a <= c -> Rabs b <= d -> 0 <= c -> Rabs (a + b + a * b) <= c + d + c * d).
  { intros a b c d A B C. eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat.
    - eapply Rle_trans; [apply Rabs_triang|]. lra.
    - rewrite Rabs_mult. apply Rmult_le_compat; auto using Rabs_pos. }
  eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult.
  apply Rplus_le_compat; [apply Rmult_le_compat_r; [apply Rabs_pos|exact H3]|].
  apply Rmult_le_compat; try apply Rabs_pos; [now apply Rabs_1_plus|].
  eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat.
  - eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult. apply Rplus_le_compat.
    + rewrite (Rmult_comm (Rabs P)). apply Rmult_le_compat_r; [apply Rabs_pos|now apply S].
    + rewrite (Rmult_comm (Rabs Q)). apply Rmult_le_compat_r; [apply Rabs_pos|now apply S].
  - rewrite Rabs_Ropp, Rabs_mult, (Rmult_comm (Rabs D)). apply Rmult_le_compat_r; [apply Rabs_pos|].
    rewrite !Rabs_mult. apply Rmult_le_compat; try apply Rmult_le_pos; try apply Rabs_pos; [|exact Ha].
    apply Rmult_le_compat; try apply Rabs_pos; now apply Rabs_1_plus.
Qed.

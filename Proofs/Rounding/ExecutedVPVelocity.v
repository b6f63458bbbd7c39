(* The conditional velocity of the variance-preserving path as it is executed. *)
Require Import Reals ZArith List Psatz.
From Flocq Require Import Core.
From FlowProofs Require Import AffinePaths OptimalTransport VariancePreserving RelativePrecision OperationTrees Trees SquareRates
  ExecutedVelocity ExecutedSchedules ExecutedPaths ExecutedCurves ExecutedCosine Twofold ExecutedVariancePreserving ExecutedVPSlopes.
Import ListNotations.
Open Scope R_scope.

(* alpha' = beta/2 exp(-T/2) from the twofold T and its derivative -beta = slope + rest. *)
Lemma twofold_exponential_slope T beta head tail slope rest h power correction g product other first y :
  twofold T head tail -> 0 <= T <= 4096 -> 0 < beta -> Rabs (slope - - beta) <= 7 * u64 * beta -> Rabs rest <= 24 * u64 * beta ->
  h = head * (-1 / 2) -> approximated (exp h) power -> rounded (tail * (-1 / 2)) correction -> g = slope * (-1 / 2) ->
  rounded (power * g) product -> rounded (rest * (-1 / 2)) other -> rounded (product + power * other) first ->
  rounded (first + product * correction) y -> near 40 (beta / 2 * exp (- T / 2)) y.
Proof.
  intros TF HT B0 Hs Hrest Hh Hp Hc Hg Hprod Hother Hfirst Hy. assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  (* power (1 + correction) is exp(-T/2), as in the value *)
  destruct TF as (H1 & H2). rewrite Hh in Hp. apply approximated_near in Hp. set (x := correction) in *. set (z := - (T - head) / 2).
  apply Rabs_le_inv in H1. assert (H2' := Rabs_le_inv _ _ H2).
  assert (C1 : Rabs (tail * (-1 / 2)) <= 50 * u64 * T) by (rewrite Rabs_mult, (Rabs_left (-1 / 2)) by lra; lra).
  assert (C2 := rounded_within _ _ _ C1 Hc). fold x in C2. apply Rabs_le_inv in C1.
  assert (X : - (51 * u64 * T) <= x <= 51 * u64 * T) by (rewrite U in *; lra).
  assert (XZ : - (178 * u64 * u64 * T) <= x - z <= 178 * u64 * u64 * T) by (unfold z; rewrite U in *; lra).
  assert (X2 : x * x <= u64 / 8192).
  { assert (XA : Rabs x <= 51 * u64 * 4096) by (apply Rabs_le; rewrite U in *; lra).
    replace (x * x) with (Rabs x * Rabs x) by (rewrite <- Rabs_mult; apply Rabs_right, Rle_ge, Rle_0_sqr).
    apply Rle_trans with (51 * u64 * 4096 * (51 * u64 * 4096)); [apply Rmult_le_compat; try apply Rabs_pos; exact XA|rewrite U; lra]. }
  assert (NX : near (1 / 1024) (exp z) (1 + x)).
  { apply near_between; [apply exp_pos|]. rewrite <- !exp_plus. split.
    - eapply Rle_trans; [|apply exp_below; rewrite U in *; lra]. apply exp_le. rewrite U in *. lra.
    - eapply Rle_trans; [apply exp_ge|]. apply exp_le. rewrite U in *. lra. }
  set (F := power * (1 + x)).
  assert (NF : near (2 + 2 / 1024) (exp (- T / 2)) F).
  { apply near_weaken with (2 + 1 / 1024 + 1 / 1024); [lra|]. unfold F. apply near_eq with (exp (head * (-1 / 2)) * exp z).
    - rewrite <- exp_plus. f_equal. unfold z. field.
    - now apply near_mult. }
  assert (P0 : 0 < power) by (eapply near_pos; [apply exp_pos|exact Hp]).
  assert (F0 : 0 < F) by (eapply near_pos; [apply exp_pos|exact NF]).
  assert (PF : power <= 1001 / 1000 * F).
  { unfold F. assert (Q : 1 <= 1001 / 1000 * (1 + x)) by (rewrite U in *; lra).
    apply Rle_trans with (power * (1001 / 1000 * (1 + x))); [|right; ring]. rewrite <- (Rmult_1_r power) at 1. apply Rmult_le_compat_l; lra. }
  apply Rabs_le_inv in Hs, Hrest. set (b := beta / 2). assert (b0 : 0 < b) by (unfold b; lra).
  assert (G : - (7 * u64 * b) <= g - b <= 7 * u64 * b) by (unfold b; lra).
  assert (o1 := rounded_within (24 * u64 * b) (rest * (-1 / 2)) other ltac:(apply Rabs_le; unfold b; lra) Hother).
  assert (O : - (25 * u64 * b) <= other <= 25 * u64 * b) by (unfold b in *; rewrite U in *; lra).
  set (Fb := F * b). assert (Fb0 : 0 < Fb) by now apply Rmult_lt_0_compat. set (Pb := power * b). assert (Pb0 : 0 < Pb) by now apply Rmult_lt_0_compat.
  assert (PbF : Pb <= 1001 / 1000 * Fb) by (unfold Pb, Fb; replace (1001 / 1000 * (F * b)) with (1001 / 1000 * F * b) by ring; apply
    Rmult_le_compat_r; lra).
  (* the products that appear *)
  assert (pg : - (7 * u64 * Pb) <= power * g - Pb <= 7 * u64 * Pb).
  { replace (power * g - Pb) with (power * (g - b)) by (unfold Pb; ring). unfold Pb. split.
    - replace (- (7 * u64 * (power * b))) with (power * - (7 * u64 * b)) by ring. apply Rmult_le_compat_l; lra.
    - replace (7 * u64 * (power * b)) with (power * (7 * u64 * b)) by ring. apply Rmult_le_compat_l; lra. }
  assert (po : - (25 * u64 * Pb) <= power * other <= 25 * u64 * Pb).
  { unfold Pb. split.
    - replace (- (25 * u64 * (power * b))) with (power * - (25 * u64 * b)) by ring. apply Rmult_le_compat_l; lra.
    - replace (25 * u64 * (power * b)) with (power * (25 * u64 * b)) by ring. apply Rmult_le_compat_l; lra. }
  assert (r1 := rounded_within (101 / 100 * Pb) (power * g) product ltac:(apply Rabs_le; rewrite U in *; lra) Hprod).
  assert (r2 := rounded_within (102 / 100 * Pb) (product + power * other) first ltac:(apply Rabs_le; rewrite U in *; lra) Hfirst).
  assert (gf : - (7 * u64 * Fb) <= F * g - Fb <= 7 * u64 * Fb).
  { replace (F * g - Fb) with (F * (g - b)) by (unfold Fb; ring). unfold Fb. split.
    - replace (- (7 * u64 * (F * b))) with (F * - (7 * u64 * b)) by ring. apply Rmult_le_compat_l; lra.
    - replace (7 * u64 * (F * b)) with (F * (7 * u64 * b)) by ring. apply Rmult_le_compat_l; lra. }
  (* first + product x = F g + (product - power g)(1 + x) + power other + what first lost *)
  assert (d1 : - (2 * u64 * Pb) <= (product - power * g) * (1 + x) <= 2 * u64 * Pb).
  { assert (1 + x <= 3 / 2 /\ 0 <= 1 + x) by (rewrite U in *; lra).
    assert (D : Rabs ((product - power * g) * (1 + x)) <= u64 * (101 / 100 * Pb) * (3 / 2)).
    { rewrite Rabs_mult. apply Rmult_le_compat; try apply Rabs_pos; apply Rabs_le; lra. }
    apply Rabs_le_inv in D. rewrite U in *. lra. }
  assert (E : first + product * x = F * g + (product - power * g) * (1 + x) + power * other + (first - (product + power * other))) by (unfold F; ring).
  assert (N : near (36 + 1 / 1024) Fb (first + product * x)).
  { apply near_of_error; [lra|]. rewrite (Rabs_right Fb) by lra. rewrite E. apply Rabs_le. rewrite U in *. lra. }
  apply near_weaken with (2 + 2 / 1024 + 0 + (36 + 1 / 1024) + 1); [lra|]. apply near_trans with (first + product * x); [|now apply rounded_near].
  apply near_trans with Fb; [|exact N]. unfold Fb, b. apply near_eq with (exp (- T / 2) * (beta / 2)); [ring|].
  apply near_mult; [exact NF|apply near_refl].
Qed.

Lemma exp_25 : exp 25 <= 847288609443.
Proof.
  replace 25 with (INR 25 * 1) by (simpl; ring). assert (E : forall n, exp (INR n * 1) = exp 1 ^ n).
  { induction n; [simpl; rewrite Rmult_0_l; apply exp_0|]. rewrite S_INR. replace ((INR n + 1) * 1) with (INR n * 1 + 1) by ring.
  rewrite exp_plus, IHn. simpl. ring. }
  rewrite E. apply Rle_trans with (3 ^ 25); [|simpl; lra]. apply pow_incr. split; [left; apply exp_pos|apply exp_le_3].
Qed.

(* v' = -beta exp(-T) from the same. *)
Lemma twofold_variance_slope T beta head tail slope rest growth remaining power product first y :
  twofold T head tail -> 0 < T <= 25 -> 0 < beta -> Rabs (slope - - beta) <= 7 * u64 * beta -> Rabs rest <= 24 * u64 * beta ->
  approximated (exp (- head) - 1) growth -> rounded (1 + growth) remaining -> approximated (exp (- head)) power -> rounded (power * - slope) product ->
  rounded (- product + tail * product) first -> rounded (first + rest * remaining) y -> near 38 (- beta * exp (- T)) y.
Proof.
  intros (H1 & H2) HT B0 Hs Hrest Hgrowth Hrem Hp Hprod Hfirst Hy. assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  apply Rabs_le_inv in H1. assert (H2' := Rabs_le_inv _ _ H2). apply Rabs_le_inv in Hs.
  set (E := exp (- head)) in *. assert (E0 : 0 < E) by apply exp_pos.
  assert (h0 : 0 < head) by (rewrite U in *; lra).
  assert (E1 : E < 1) by (unfold E; rewrite <- exp_0; apply exp_increasing; lra).
  (* the remaining 1 + expm1 is E within 4 u *)
  destruct Hgrowth as (_ & e & He & Gq). apply Rabs_le_inv in He.
  assert (ge : - (2 * u64) <= (E - 1) * e <= 2 * u64) by (assert (Q : Rabs ((E - 1) * e) <= 1 * (2 * u64)) by (rewrite Rabs_mult; apply
    Rmult_le_compat; try apply Rabs_pos; apply Rabs_le; lra); apply Rabs_le_inv in Q; lra).
  assert (gr : growth = (E - 1) + (E - 1) * e) by (rewrite Gq; ring).
  assert (r0 := rounded_within 2 (1 + growth) remaining ltac:(apply Rabs_le; rewrite U in *; lra) Hrem).
  assert (R1 : Rabs remaining <= E + 5 * u64) by (apply Rabs_le; rewrite U in *; lra).
  (* E exp(-(T - head)) = exp(-T), E (1 - tail) near it *)
  set (x := - tail). set (z := - (T - head)).
  assert (X : - (100 * u64 * T) <= x <= 100 * u64 * T) by (unfold x; lra).
  assert (XZ : - (256 * u64 * u64 * T) <= x - z <= 256 * u64 * u64 * T) by (unfold x, z; lra).
  assert (X2 : x * x <= u64 / 8192).
  { assert (XA : Rabs x <= 100 * u64 * 25) by (apply Rabs_le; rewrite U in *; lra).
    replace (x * x) with (Rabs x * Rabs x) by (rewrite <- Rabs_mult; apply Rabs_right, Rle_ge, Rle_0_sqr).
    apply Rle_trans with (100 * u64 * 25 * (100 * u64 * 25)); [apply Rmult_le_compat; try apply Rabs_pos; exact XA|rewrite U; lra]. }
  assert (NX : near (1 / 1024) (exp z) (1 + x)).
  { apply near_between; [apply exp_pos|]. rewrite <- !exp_plus. split.
    - eapply Rle_trans; [|apply exp_below; rewrite U in *; lra]. apply exp_le. rewrite U in *. lra.
    - eapply Rle_trans; [apply exp_ge|]. apply exp_le. rewrite U in *. lra. }
  apply approximated_near in Hp.
  assert (NP : near (10 + 2 / 1024) (E * beta) product).
  { apply near_weaken with (2 + 1 / 1024 + (7 + 1 / 1024) + 1); [lra|]. apply near_trans with (power * - slope); [|now apply rounded_near].
    apply near_mult; [exact Hp|]. apply near_of_error; [lra|]. rewrite (Rabs_right beta) by lra. apply Rabs_le. lra. }
  assert (NF : near (11 + 3 / 1024) (- (beta * exp (- T))) first).
  { apply near_weaken with (1 / 1024 + (10 + 2 / 1024) + 1); [lra|]. apply near_trans with (- product + tail * product); [|now apply rounded_near].
    replace (- product + tail * product) with (- ((1 + x) * product)) by (unfold x; ring). apply near_opp.
    apply near_eq with (exp z * (E * beta)); [|now apply near_mult]. unfold z, E. rewrite (Rmult_comm beta).
    replace (exp (- T)) with (exp (- (T - head)) * exp (- head)) by (rewrite <- exp_plus; f_equal; ring). ring. }
  set (V := beta * exp (- T)) in *. assert (eT := exp_pos (- T)). assert (V0 : 0 < V) by now apply Rmult_lt_0_compat.
  (* the last term, rest times remaining *)
  assert (ET : E <= 1001 / 1000 * exp (- T)).
  { unfold E. replace (- head) with (- T + (T - head)) by ring. rewrite exp_plus. rewrite Rmult_comm. apply Rmult_le_compat_r; [lra|].
    assert (Y := exp_ge (- (T - head))). assert (I := exp_inv (T - head)). assert (P := exp_pos (T - head)).
    assert (D : - (1 / 100000) <= T - head <= 1 / 100000) by (rewrite U in *; lra).
    assert (exp (T - head) * (1 - 1 / 100000) <= 1).
    { rewrite <- I. apply Rmult_le_compat_l; lra. }
    lra. }
  assert (UT : 5 * u64 <= 5 / 1000 * exp (- T)).
  { assert (I := exp_inv T). assert (L : exp T <= 847288609443) by (eapply Rle_trans; [apply exp_le; apply HT|exact exp_25]).
    assert (Q : 1 <= 847288609443 * exp (- T)) by (rewrite <- I; apply Rmult_le_compat_r; lra). rewrite U. lra. }
  assert (RR : Rabs (rest * remaining) <= 25 * u64 * V).
  { rewrite Rabs_mult. apply Rle_trans with (24 * u64 * beta * (1006 / 1000 * exp (- T))).
    - apply Rmult_le_compat; try apply Rabs_pos; [exact Hrest|lra].
    - unfold V. replace (24 * u64 * beta * (1006 / 1000 * exp (- T))) with (24 * (1006 / 1000) * u64 * (beta * exp (- T))) by ring.
      apply Rmult_le_compat_r; [fold V; lra|rewrite U; lra]. }
  apply Rabs_le_inv in RR. assert (EF := near_error (11 + 3 / 1024) (- V) first ltac:(lra) NF). rewrite Rabs_Ropp, (Rabs_right V) in EF by lra.
  assert (EF' : Rabs (first - - V) <= (11 + 1 / 256) * u64 * V) by (eapply Rle_trans; [exact EF|]; apply Rmult_le_compat_r; [lra|rewrite U; lra]).
  apply Rabs_le_inv in EF'.
  assert (N : near (36 + 1 / 128 + 1 / 1024) (- V) (first + rest * remaining)).
  { apply near_of_error; [lra|]. rewrite Rabs_Ropp, (Rabs_right V) by lra. apply Rabs_le. rewrite U in *. lra. }
  apply near_weaken with (36 + 1 / 128 + 1 / 1024 + 1); [lra|]. apply near_trans with (first + rest * remaining); [|now apply rounded_near].
  apply near_eq with (- V); [unfold V; ring|exact N].
Qed.

(* vp, u = alpha' x1 + v'/(2 v) (x - alpha x1): within 63 u of |u| + |x du/dx| + |x1 du/dx1|, for beta up to 25. *)
Theorem vp_velocity_rounding (t slope slope_tail bmin bmax whole whole_tail x x1 : R) (w : nat -> R) :
  run velocity_vp [t; slope; slope_tail; bmin; bmax; whole; whole_tail; x; x1] w ->
  0 <= t < 1 -> 0 <= bmin <= bmax -> 0 < bmax <= 25 ->
  slope + slope_tail = bmax - bmin -> Rabs slope_tail <= u64 * Rabs slope ->
  whole + whole_tail = (bmin + bmax) / 2 -> Rabs whole_tail <= u64 * Rabs whole ->
  let p := VariancePreservingPath bmin bmax in
  let rate := halfVarianceDot p t / variance p t in let y := alphaDot p t * x1 + rate * (x - alpha p t * x1) in
  Rabs (w velocity_vp_at_velocity - y) <= 63 * u64 * (Rabs y + (Rabs (rate * x) + Rabs ((alphaDot p t - rate * alpha p t) * x1))).
Proof.
  intros executed Ht Hb Hmax S1 S2 W1 W2 p rate y.
  assert (part := run_part 120 velocity_vp schedule_vp [t; slope; slope_tail; bmin; bmax; whole; whole_tail] [x; x1] w executed eq_refl eq_refl).
  assert (Hmax' : 0 < bmax <= 4096) by lra.
  destruct (alpha_and_variance t slope slope_tail bmin bmax whole whole_tail w part Ht Hb Hmax' S1 S2 W1 W2) as (NA & NV).
  assert (TF := twofold_T t slope slope_tail bmin bmax whole whole_tail w part Ht Hb Hmax' S1 S2 W1 W2).
  assert (F89 := head_format t slope slope_tail bmin bmax whole whole_tail w part).
  assert (T0 := T_positive t bmin bmax Ht Hb Hmax'). set (T := vp_T bmin bmax (1 - t)) in *. set (beta := vp_beta bmin bmax (1 - t)).
  assert (B0 : 0 < beta) by exact (beta_positive t bmin bmax Ht Hb Hmax).
  assert (T25 : T <= 25).
  { unfold T, vp_T. set (r := 1 - t). assert (R0 : 0 <= r <= 1) by (unfold r; lra). assert (r * bmin <= 1 * bmin) by (apply Rmult_le_compat_r; lra).
    assert (r * r <= 1 * 1) by (apply Rmult_le_compat; lra).
    assert (r * r * (bmax - bmin) <= 1 * (bmax - bmin)) by (apply Rmult_le_compat_r; lra). lra. }
  part part 0%nat H0. part part 1%nat H1. part part 4%nat H4. part part 33%nat H33. part part 84%nat H84. part part 90%nat H90. part part 97%nat H97.
  part part 98%nat H98. part part 99%nat H99. part part 100%nat H100. part part 101%nat H101. part part 102%nat H102. part part 103%nat H103.
  part part 104%nat H104. part part 105%nat H105. part part 106%nat H106. part part 107%nat H107. part part 108%nat H108. part part 109%nat H109.
  part part 110%nat H110.
  part part 111%nat H111. part part 112%nat H112. part part 113%nat H113. part part 114%nat H114. part part 115%nat H115. part part 116%nat H116.
  part part 117%nat H117. part part 118%nat H118. part part 119%nat H119. part part 18%nat H18.
  place executed 120%nat H120. place executed 121%nat H121. place executed 122%nat H122. place executed 123%nat H123. place executed 124%nat H124.
  place executed 125%nat H125. place executed 126%nat H126. place executed 127%nat H127. place executed 128%nat H128.
  destruct H0 as (H0 & _), H120 as (H120 & _), H121 as (H121 & _). rewrite number_one in H1. rewrite number_half in H4.
  rewrite number_minus_half in H98.
  rewrite number_zero in H18. rewrite number_two in H122.
  assert (F90 : fmt64 (w 90%nat)) by (destruct H90 as (A & B); destruct (Rlt_or_le (w 0%nat) (w 4%nat)) as [Q|Q]; [rewrite (A Q)|rewrite (B Q)];
    eapply rounded_format; eassumption).
  assert (SL : Rabs (w 90%nat - - beta) <= 7 * u64 * beta /\ Rabs (w 97%nat) <= 24 * u64 * beta).
  { rewrite H0, H4 in H90, H97. destruct H90 as (A & B), H97 as (C & D). destruct (Rlt_or_le t (1 / 2)) as [Q|Q].
    - rewrite (A Q), (C Q). eapply early_slopes; eassumption.
    - rewrite (B Q), (D Q). eapply late_slopes; eassumption. }
  destruct SL as (SA & SB).
  rewrite H98 in H99, H100, H103, H104. rewrite H108 in H110, H111. rewrite H109 in H112. rewrite H113 in H117. rewrite H114 in H118.
  rewrite H1 in H115.
  rewrite H18 in H116. assert (E116 := rounded_plus_0_l _ _ (rounded_format _ _ H112) H116). rewrite E116 in H118.
  assert (ND : near 40 (beta / 2 * exp (- T / 2)) (w 107%nat)).
  { apply (twofold_exponential_slope T beta (w 89%nat) (w 96%nat) (w 90%nat) (w 97%nat) (w 99%nat) (w 101%nat) (w 103%nat) (w 100%nat) (w
    102%nat) (w 104%nat) (w 106%nat)); auto; try lra.
    - now apply rounded_minus_half.
    - now apply rounded_minus_half. }
  assert (NS : near 38 (- beta * exp (- T)) (w 119%nat)).
  { apply (twofold_variance_slope T beta (w 89%nat) (w 96%nat) (w 90%nat) (w 97%nat) (w 110%nat) (w 115%nat) (w 111%nat) (w 112%nat) (w
    118%nat)); auto; lra. }
  assert (V0 : 0 < 1 - exp (- T)) by now apply one_minus_exp_pos. assert (eT := exp_pos (- T)). assert (eT2 := exp_pos (- T / 2)).
  assert (EV : variance p t = 1 - exp (- T)) by (apply sqrt_sqrt, Rlt_le; exact V0).
  assert (ER : rate = - beta * exp (- T) / ((1 - exp (- T)) * 2)) by (unfold rate; rewrite EV; simpl; fold beta T; field; lra).
  assert (R : near (38 + 301 / 100 + 1) rate (w 124%nat)).
  { rewrite ER. rewrite H122 in H123.
  apply (halved_quotient 38 (301 / 100) (- beta * exp (- T)) (1 - exp (- T)) (w 119%nat) (w 117%nat) (w 123%nat)); auto.
    eapply rounded_format; exact H117. }
  assert (Hr : rate <= 0).
  { rewrite ER. unfold Rdiv. assert (0 < / ((1 - exp (- T)) * 2)) by (apply Rinv_0_lt_compat; lra).
  assert (0 < beta * exp (- T)) by now apply Rmult_lt_0_compat. nra. }
  assert (EA : alphaDot p t = beta / 2 * exp (- T / 2)) by (simpl; fold beta T; field).
  rewrite H121 in H125. rewrite H126, H120, H121 in H127.
  assert (Hda : 0 <= alphaDot p t) by (rewrite EA; apply Rmult_le_pos; lra). rewrite <- EA in ND.
  eapply Rle_trans; [exact (velocity_of_rounded_alpha (301 / 100) 40 (38 + 301 / 100 + 1) (alpha p t) (alphaDot p t) rate x x1 _ _ _ _ _ _
    ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) (Rlt_le _ _ eT2) Hda Hr NA ND R H125 H127 H128)|]. fold y.
  apply Rmult_le_compat_r; [repeat apply Rplus_le_le_0_compat; apply Rabs_pos|unfold u64; lra].
Qed.

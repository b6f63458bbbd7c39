(* A number held as the sum of two, as the variance-preserving path holds T, the integral of beta: what its operations leave out
   is of the order u^2, and so exp(-T/2) and 1 - exp(-T) come out within 3 u whatever T is. *)
Require Import Reals ZArith List Psatz.
From Flocq Require Import Core.
From Flocq.Pff Require Import Pff2Flocq.
From FlowProofs Require Import OptimalTransport VariancePreserving RelativePrecision OperationTrees SquareRates.
Open Scope R_scope.

Lemma ties_are_symmetric : forall x, negb (Z.even x) = negb (negb (Z.even (- (x + 1)))).
Proof. intros x. rewrite Z.even_opp, Z.even_add. now destruct (Z.even x). Qed.

(* Knuth: with six operations a sum and what its rounding lost. *)
Lemma two_sum x y s a b c e lost : fmt64 x -> fmt64 y -> rounded (x + y) s -> rounded (s - x) a -> rounded (s - a) b ->
  rounded (x - b) c -> rounded (y - a) e -> rounded (c + e) lost -> s + lost = x + y.
Proof.
  intros Fx Fy (-> & _) (-> & _) (-> & _) (-> & _) (-> & _) (-> & _).
  apply (TwoSum_correct (-1074) 53 (fun z => negb (Z.even z)) ltac:(reflexivity) ltac:(discriminate) ties_are_symmetric x y Fx Fy).
Qed.

(* Dekker: three operations where the first number is the larger. *)
Lemma fast_two_sum x y s a lost : fmt64 x -> fmt64 y -> Rabs y <= Rabs x -> rounded (x - y) s -> rounded (x - s) a -> rounded (a - y) lost ->
  s + lost = x - y.
Proof.
  intros Fx Fy L (-> & _) (-> & _) (-> & _). replace (x - y) with (x + - y) by ring.
  assert (Q := Fast2Sum_correct (-1074) 53 (fun z => negb (Z.even z)) ltac:(reflexivity) ltac:(discriminate) ties_are_symmetric x (- y) Fx
    (format_opp y Fy) ltac:(now rewrite Rabs_Ropp)).
  now replace (rnd64 (x - rnd64 (x + - y)) - y) with (- y + rnd64 (x - rnd64 (x + - y))) by ring.
Qed.

Lemma scaled_bound d x c : 0 <= d -> Rabs x <= c -> - (d * c) <= d * x <= d * c.
Proof. intros D H. apply Rabs_le_inv in H. split; nra. Qed.

(* d (start + d/2 (slope + rest)), the integral of beta over the distance d from one end. *)
Lemma area_twofold d start slope rest p e1 e2 sum lost head h1 e3 tail : fmt64 d -> 0 <= d -> 0 <= start -> Rabs rest <= u64 * Rabs slope ->
  let half := d * (1 / 2) in let B := start + half * Rabs slope in
  rounded (half * slope) p -> rounded (- p + half * slope) e1 -> rounded (e1 + half * rest) e2 -> sum + lost = start + p -> rounded (start + p) sum ->
  rounded (d * sum) head -> rounded (- head + d * sum) h1 -> rounded (e2 + lost) e3 -> rounded (h1 + d * e3) tail ->
  Rabs (head + tail - d * (start + half * (slope + rest))) <= 20 * u64 * u64 * (d * B) /\ Rabs tail <= 9 * u64 * (d * B) /\
  Rabs e3 <= 6 * u64 * B.
Proof.
  intros Fd D S0 Hrest half B Hp He1 He2 Hlost Hsum Hhead Hh1 He3 Htail. assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  assert (H0 : 0 <= half) by (unfold half; lra). set (hs := half * Rabs slope) in *.
  assert (hs0 : 0 <= hs) by (apply Rmult_le_pos; [exact H0|apply Rabs_pos]).
  assert (HS : Rabs (half * slope) = hs) by (rewrite Rabs_mult, (Rabs_right half) by lra; reflexivity).
  assert (HR : Rabs (half * rest) <= u64 * hs).
  { rewrite Rabs_mult, (Rabs_right half) by lra. unfold hs. replace (u64 * (half * Rabs slope)) with (half * (u64 * Rabs slope)) by ring.
    now apply Rmult_le_compat_l. }
  assert (B0 : 0 <= B) by (unfold B; lra). assert (BB : hs <= B) by (unfold B; lra).
  apply rounded_error in Hp, He1, He2, Hsum, Hhead, Hh1, He3, Htail. rewrite HS in Hp.
  assert (T1 : forall x y, Rabs (x + y) <= Rabs x + Rabs y) by apply Rabs_triang.
  assert (A1 : Rabs (- p + half * slope) <= u64 * hs) by (replace (- p + half * slope) with (- (p - half * slope)) by ring; rewrite Rabs_Ropp; exact Hp).
  assert (E1 : Rabs e1 <= u64 * hs + u64 * (u64 * hs)).
  { replace e1 with ((- p + half * slope) + (e1 - (- p + half * slope))) by ring. eapply Rle_trans; [apply T1|]. rewrite U in *. lra. }
  assert (A2 : Rabs (e1 + half * rest) <= 2 * u64 * hs + u64 * (u64 * hs)) by (eapply Rle_trans; [apply T1|]; rewrite U in *; lra).
  assert (E2 : Rabs e2 <= 3 * u64 * B).
  { replace e2 with ((e1 + half * rest) + (e2 - (e1 + half * rest))) by ring. eapply Rle_trans; [apply T1|]. rewrite U in *. lra. }
  assert (P : Rabs (start + p) <= B + u64 * B).
  { replace (start + p) with ((start + half * slope) + (p - half * slope)) by ring. eapply Rle_trans; [apply T1|].
    assert (Rabs (start + half * slope) <= B) by (eapply Rle_trans; [apply T1|]; rewrite HS, (Rabs_right start) by lra; unfold B; lra).
    rewrite U in *. lra. }
  assert (L : Rabs lost <= 2 * u64 * B).
  { replace lost with (- (sum - (start + p))) by lra. rewrite Rabs_Ropp. rewrite U in *. lra. }
  assert (S : Rabs sum <= B + 4 * u64 * B).
  { replace sum with ((start + p) + - lost) by lra. eapply Rle_trans; [apply T1|]. rewrite Rabs_Ropp. rewrite U in *. lra. }
  assert (E3 : Rabs e3 <= 6 * u64 * B).
  { replace e3 with ((e2 + lost) + (e3 - (e2 + lost))) by ring. eapply Rle_trans; [apply T1|].
    assert (Rabs (e2 + lost) <= 5 * u64 * B) by (eapply Rle_trans; [apply T1|]; lra). rewrite U in *. lra. }
  set (K := d * B) in *. assert (K0 : 0 <= K) by now apply Rmult_le_pos.
  assert (DS : Rabs (d * sum) <= K + 4 * u64 * K).
  { rewrite Rabs_mult, (Rabs_right d) by lra. unfold K. replace (d * B + 4 * u64 * (d * B)) with (d * (B + 4 * u64 * B)) by ring. now apply Rmult_le_compat_l. }
  assert (H1 : Rabs (- head + d * sum) <= u64 * (K + 4 * u64 * K)).
  { replace (- head + d * sum) with (- (head - d * sum)) by ring. rewrite Rabs_Ropp. rewrite U in *. lra. }
  assert (h1b : Rabs h1 <= 2 * u64 * K).
  { replace h1 with ((- head + d * sum) + (h1 - (- head + d * sum))) by ring. eapply Rle_trans; [apply T1|]. rewrite U in *. lra. }
  assert (D3 : Rabs (d * e3) <= 6 * u64 * K).
  { rewrite Rabs_mult, (Rabs_right d) by lra. unfold K. replace (6 * u64 * (d * B)) with (d * (6 * u64 * B)) by ring. now apply Rmult_le_compat_l. }
  assert (TB : Rabs (h1 + d * e3) <= 8 * u64 * K) by (eapply Rle_trans; [apply T1|]; lra).
  split; [|split; [|exact E3]].
  - (* what the roundings of e1, e2, e3, h1 and the tail lose *)
    assert (Q : Rabs ((e1 - (- p + half * slope)) + (e2 - (e1 + half * rest)) + (e3 - (e2 + lost))) <= 9 * u64 * u64 * B).
    { eapply Rle_trans; [apply T1|]. assert (R1 := T1 (e1 - (- p + half * slope)) (e2 - (e1 + half * rest))).
      assert (R2 : Rabs (e2 + lost) <= 5 * u64 * B) by (eapply Rle_trans; [apply T1|]; lra). rewrite U in *. lra. }
    assert (DQ := scaled_bound d _ _ D Q). replace (d * (9 * u64 * u64 * B)) with (9 * u64 * u64 * K) in DQ by (unfold K; ring).
    replace (head + tail - d * (start + half * (slope + rest))) with
      ((h1 - (- head + d * sum)) + (tail - (h1 + d * e3))
       + d * ((e1 - (- p + half * slope)) + (e2 - (e1 + half * rest)) + (e3 - (e2 + lost)))).
    + eapply Rle_trans; [apply T1|]. assert (R1 := T1 (h1 - (- head + d * sum)) (tail - (h1 + d * e3))).
      apply Rabs_le in DQ. rewrite U in *. lra.
    + replace start with (sum + lost - p) by lra. ring.
  - replace tail with ((h1 + d * e3) + (tail - (h1 + d * e3))) by ring. eapply Rle_trans; [apply T1|]. rewrite U in *. lra.
Qed.

(* T = head + tail but for 256 u^2 T, the tail no more than 100 u T. *)
Definition twofold (T head tail : R) : Prop := Rabs (head + tail - T) <= 256 * u64 * u64 * T /\ Rabs tail <= 100 * u64 * T.

Lemma exp_below x : -1 / 2 <= x -> exp (x - 2 * (x * x)) <= 1 + x.
Proof.
  intros H. assert (E := exp_ge (- (x - 2 * (x * x)))). assert (I := exp_inv (x - 2 * (x * x))). assert (P := exp_pos (x - 2 * (x * x))).
  assert (Q : 1 <= (1 + x) * (1 + - (x - 2 * (x * x)))).
  { replace ((1 + x) * (1 + - (x - 2 * (x * x)))) with (1 + x * x * (1 + 2 * x)) by ring. assert (0 <= x * x * (1 + 2 * x)) by (apply Rmult_le_pos; [apply Rle_0_sqr|lra]). lra. }
  assert (0 < 1 + - (x - 2 * (x * x))) by nra. nra.
Qed.

(* exp(-T/2) as exp(-head/2) (1 - tail/2). *)
Lemma twofold_exponential T head tail h power correction y : twofold T head tail -> 0 <= T <= 4096 -> h = head * (-1 / 2) ->
  approximated (exp h) power -> rounded (tail * (-1 / 2)) correction -> rounded (power + power * correction) y -> near (301 / 100) (exp (- T / 2)) y.
Proof.
  intros (H1 & H2) HT -> Hp Hc Hy. assert (U : u64 = 1 / 9007199254740992) by reflexivity. apply approximated_near in Hp.
  apply rounded_error in Hc. set (x := correction) in *. set (z := - (T - head) / 2).
  apply Rabs_le_inv in H1. assert (H2' := Rabs_le_inv _ _ H2).
  assert (C1 : Rabs (tail * (-1 / 2)) <= 50 * u64 * T) by (rewrite Rabs_mult, (Rabs_left (-1 / 2)) by lra; lra).
  assert (C2 : Rabs (x - tail * (-1 / 2)) <= 50 * u64 * u64 * T) by (eapply Rle_trans; [exact Hc|]; rewrite U in *; lra).
  apply Rabs_le_inv in C1, C2.
  assert (X : - (51 * u64 * T) <= x <= 51 * u64 * T) by (rewrite U in *; lra).
  assert (XZ : - (178 * u64 * u64 * T) <= x - z <= 178 * u64 * u64 * T) by (unfold z; rewrite U in *; lra).
  assert (X2 : x * x <= u64 / 8192) by (rewrite U in *; nra).
  assert (N : near (1 / 1024) (exp z) (1 + x)).
  { apply near_between; [apply exp_pos|]. rewrite <- !exp_plus. split.
    - eapply Rle_trans; [|apply exp_below; rewrite U in *; lra]. apply exp_le. rewrite U in *. lra.
    - eapply Rle_trans; [apply exp_ge|]. apply exp_le. rewrite U in *. lra. }
  apply near_weaken with (2 + 1 / 1024 + 1 / 1024 + 1); [lra|]. apply near_trans with (power + power * x); [|now apply rounded_near].
  replace (power + power * x) with (power * (1 + x)) by ring.
  apply near_eq with (exp (head * (-1 / 2)) * exp z); [rewrite <- exp_plus; f_equal; unfold z; field|]. now apply near_mult.
Qed.

Lemma one_minus_exp_lower T : 0 <= T -> T <= (1 - exp (- T)) * (1 + T).
Proof. intros H. assert (E := exp_ge T). assert (I := exp_inv T). assert (P := exp_pos (- T)). nra. Qed.

(* 1 - exp(-T) as -expm1(-head) + tail (1 + expm1(-head)). *)
Lemma twofold_variance T head tail growth rest v : twofold T head tail -> 0 < T <= 4096 ->
  approximated (exp (- head) - 1) growth -> rounded (1 + growth) rest -> rounded (- growth + tail * rest) v -> near (301 / 100) (1 - exp (- T)) v.
Proof.
  intros (H1 & H2) HT Hg Hr Hv. assert (U : u64 = 1 / 9007199254740992) by reflexivity.
  apply Rabs_le_inv in H1. assert (H2' := Rabs_le_inv _ _ H2). assert (LT := one_minus_exp_lower T ltac:(lra)).
  set (V := 1 - exp (- T)) in *.
  assert (V0 : 0 < V) by nra. assert (V1 : T <= 4097 * V) by nra. assert (V2 : T * T <= 4096 * 4097 * V) by nra.
  assert (h0 : 0 < head) by (rewrite U in *; lra). set (E := exp (- head)). assert (E0 : 0 < E) by apply exp_pos.
  assert (E1 : E < 1) by (unfold E; rewrite <- exp_0; apply exp_increasing; lra). set (g := 1 - E).
  destruct Hg as (_ & e & He & Gq). apply Rabs_le_inv in He. fold E in Gq. replace (E - 1) with (- g) in Gq by (unfold g; ring).
  apply rounded_error in Hr. assert (R0 : Rabs (1 + growth) <= 2).
  { rewrite Gq. apply Rabs_le. unfold g. rewrite U in *. split; nra. }
  apply Rabs_le_inv in Hr.
  assert (R1 : Rabs (rest - E) <= 4 * u64).
  { replace (rest - E) with ((rest - (1 + growth)) + - (g * e)) by (rewrite Gq; unfold g; ring). apply Rabs_le.
    assert (- (2 * u64) <= g * e <= 2 * u64) by (unfold g; rewrite U in *; split; nra).
    assert (u64 * Rabs (1 + growth) <= 2 * u64) by (rewrite U; lra). lra. }
  set (D := T - head). assert (D1 : - (101 * u64 * T) <= D <= 101 * u64 * T) by (unfold D; rewrite U in *; lra).
  assert (D2 : - (256 * u64 * u64 * T) <= D - tail <= 256 * u64 * u64 * T) by (unfold D; lra).
  assert (DD : D * D <= 101 * u64 * (101 * u64) * (T * T)) by nra.
  assert (VE : V = g + E * (1 - exp (- D))).
  { unfold V, g, E, D. rewrite Rmult_minus_distr_l, <- exp_plus. replace (- head + - (T - head)) with (- T) by ring. ring. }
  (* 1 - exp(-D) is D but for D^2 *)
  assert (DE : 0 <= D - (1 - exp (- D)) <= D * D * 2).
  { split; [assert (X := exp_ge (- D)); lra|]. assert (Y := exp_ge D). assert (I := exp_inv D). assert (P := exp_pos (- D)). assert (D3 : -1 / 4 <= D <= 1 / 4) by (rewrite U in *; lra).
    assert (exp (- D) * (1 + D) <= 1) by nra. assert (exp (- D) <= 1 - D + 2 * (D * D)).
    { apply Rmult_le_reg_r with (1 + D); [lra|]. replace ((1 - D + 2 * (D * D)) * (1 + D)) with (1 + D * D * (1 + 2 * D)) by ring.
      assert (0 <= D * D * (1 + 2 * D)) by (apply Rmult_le_pos; [apply Rle_0_sqr|lra]). lra. }
    lra. }
  set (q := exp (- D)) in *.
  assert (ERR : Rabs (- growth + tail * rest - V) <= (2 + 1 / 512) * u64 * Rabs V).
  { rewrite (Rabs_right V) by lra.
    replace (- growth + tail * rest - V) with (g * e + tail * (rest - E) + E * (tail - D) + E * (D - (1 - q))) by (rewrite VE, Gq; ring).
    assert (S1 : - (2 * u64 * g) <= g * e <= 2 * u64 * g) by (assert (g0 : 0 <= g) by (unfold g; lra);
      assert (g * e <= g * (2 * u64)) by (apply Rmult_le_compat_l; lra); assert (g * - (2 * u64) <= g * e) by (apply Rmult_le_compat_l; lra); lra).
    assert (S2 : Rabs (tail * (rest - E)) <= 100 * u64 * T * (4 * u64)) by (rewrite Rabs_mult; apply Rmult_le_compat; try apply Rabs_pos; auto).
    assert (S3 : Rabs (E * (tail - D)) <= 256 * u64 * u64 * T).
    { rewrite Rabs_mult, (Rabs_right E) by lra. assert (Rabs (tail - D) <= 256 * u64 * u64 * T) by (apply Rabs_le; lra).
      assert (P := Rabs_pos (tail - D)). nra. }
    assert (S4 : Rabs (E * (D - (1 - q))) <= 2 * (D * D)).
    { rewrite Rabs_mult, (Rabs_right E), (Rabs_right (D - (1 - q))) by lra. nra. }
    assert (G : g <= V + 102 * u64 * T).
    { assert (- (D * D * 2) <= (1 - q) - D <= 0) by lra. assert (TT : T * T <= 4096 * T) by (apply Rmult_le_compat_r; lra).
      assert (1 - q >= - (102 * u64 * T)) by (rewrite U in *; lra).
      rewrite VE. nra. }
    apply Rabs_le_inv in S2, S3, S4. apply Rabs_le. rewrite U in *. lra. }
  apply near_weaken with (2 + 1 / 512 + 1 / 1024 + 1); [lra|]. apply near_trans with (- growth + tail * rest); [|now apply rounded_near].
  apply near_of_error; [lra|exact ERR].
Qed.

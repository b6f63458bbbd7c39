(* The polynomial and the sigmoid path as they are executed, from the time t that a caller gives. *)
Require Import Reals ZArith List Psatz.
From Flocq Require Import Core.
From FlowProofs Require Import AffinePaths SigmoidRow OptimalTransport VariancePreserving RelativePrecision OperationTrees Trees
  SquareRates ExecutedVelocity ExecutedSchedules ExecutedPaths ExecutedCurves ExecutedCosine.
Import ListNotations.
Open Scope R_scope.

(* ---------- polynomial: alpha = t^n, sigma = 1 - t^n ---------- *)
Lemma reach_of_the_logarithm : 69 / 100 <= 3152519739159347 * powerRZ 2 (-52) <= 71 / 100.
Proof. change (powerRZ 2 (-52)) with (/ 2 ^ 52). replace (2 ^ 52) with 4503599627370496 by (simpl; lra). lra. Qed.

Lemma power_as_exp t n : Rpower t n = exp (- - (n * ln t)).
Proof. unfold Rpower. now rewrite Ropp_involutive. Qed.

(* before t = 1/2: powers, and t^n - 1 by its logarithm where that is above -0.7 *)
Lemma polynomial_early t n m p q f g l L d e c c1 c2 : 0 < t < 1 / 2 -> 0 < n -> 69 / 100 <= c ->
  rounded (n - 1) m -> approximated (Rpower t n) p -> approximated (Rpower t m) q -> rounded (q * n) f -> rounded (f * 1) g ->
  approximated (ln t) l -> rounded (l * n) L -> rounded (p - 1) d -> approximated (exp L - 1) e ->
  (- c < L -> c1 = e) -> (L <= - c -> c1 = d) -> (L < c -> c2 = c1) ->
  near (2 + 1 / 1024) (Rpower t n) p /\ near (3 + 1 / 1024 + Rabs (n - 1) * Rabs (ln t)) (n * Rpower t (n - 1)) g /\
  near (5 + 2 / 1024) (1 - Rpower t n) (- c2).
Proof.
  intros Ht Hn Hc Hm Hp Hq Hf Hg Hl HL Hd He C1 D1 C2. apply approximated_near in Hp.
  assert (LT : ln t < 0) by (rewrite <- ln_1; apply ln_increasing; lra).
  split; [exact Hp|split].
  - assert (FG : g = f) by (apply rounded_exact; [eapply rounded_format; exact Hf|now rewrite Rmult_1_r in Hg]).
    rewrite FG. apply near_weaken with (Rabs (n - 1) * Rabs (ln t) + (2 + 1 / 1024) + 0 + 1); [lra|].
    apply near_trans with (q * n); [|now apply rounded_near]. rewrite (Rmult_comm n). apply near_mult; [|apply near_refl].
    apply near_trans with (Rpower t m); [|now apply approximated_near]. unfold Rpower. apply near_exp.
    replace (m * ln t - (n - 1) * ln t) with ((m - (n - 1)) * ln t) by ring. rewrite Rabs_mult.
    replace (Rabs (n - 1) * Rabs (ln t) * u64) with (u64 * Rabs (n - 1) * Rabs (ln t)) by ring.
    apply Rmult_le_compat_r; [apply Rabs_pos|now apply rounded_error].
  - rewrite power_as_exp in *. set (X := - (n * ln t)) in *. assert (X0 : 0 < X) by (unfold X; nra).
    assert (NL : near (3 + 1 / 1024) X (- L)).
    { unfold X. apply near_opp. rewrite (Rmult_comm n). apply near_weaken with (2 + 1 / 1024 + 0 + 1); [lra|].
      apply near_trans with (l * n); [|now apply rounded_near]. apply near_mult; [now apply approximated_near|apply near_refl]. }
    assert (Y0 := near_pos _ _ _ X0 NL). rewrite C2 by lra. destruct (Rlt_or_le (- c) L) as [Q|Q].
    + rewrite (C1 Q). apply near_weaken with (3 + 1 / 1024 + (2 + 1 / 1024)); [lra|].
      apply near_trans with (1 - exp (- - L)); [now apply near_one_minus_exp|]. rewrite Ropp_involutive.
      apply near_eq with (- (exp L - 1)); [ring|]. apply near_opp. now apply approximated_near.
    + rewrite (D1 Q). apply near_weaken with (3 + 1 / 1024 + 1); [lra|]. apply near_trans with (- (p - 1)); [|now apply near_opp, rounded_near].
      assert (XL : 68 / 100 <= X).
      { assert (B := proj1 (near_bounds _ _ _ (Rlt_le _ _ Y0) (near_sym _ _ _ NL))). assert (G := exp_ge (- ((3 + 1 / 1024) * u64))).
        assert (G' : 99 / 100 <= exp (- ((3 + 1 / 1024) * u64))) by (unfold u64 in *; lra).
        apply Rle_trans with (69 / 100 * (99 / 100)); [lra|]. eapply Rle_trans; [|exact B]. apply Rmult_le_compat; lra. }
      assert (P0 := exp_pos (- X)). assert (I := exp_inv X). assert (G := exp_ge X).
      assert (K : exp (- X) * (168 / 100) <= 1) by (rewrite <- I, (Rmult_comm (exp X)); apply Rmult_le_compat_l; lra).
      apply near_of_error; [lra|]. replace (- (p - 1) - (1 - exp (- X))) with (- (p - exp (- X))) by ring. rewrite Rabs_Ropp.
      eapply Rle_trans; [exact (near_error (2 + 1 / 1024) _ _ ltac:(lra) Hp)|]. rewrite (Rabs_right (exp (- X))), Rabs_right by lra. unfold u64. lra.
Qed.

(* from t = 1/2 on: exponentials of n log(1 - (1 - t)) *)
Lemma polynomial_late t n r a b l o i L j P g e : fmt64 t -> 1 / 2 <= t < 1 -> 0 < n -> rounded (1 - t) r -> a = - r -> b = - -1 ->
  approximated (ln (1 + a)) l -> rounded (1 + a) o -> rounded (b / o) i -> rounded (l * n) L -> rounded (i * n) j ->
  approximated (exp L) P -> rounded (P * j) g -> approximated (exp L - 1) e -> let X := n * Rabs (ln t) in
  near (2 + 1 / 1024 + 301 / 100 * X) (Rpower t n) P /\ near (5 + 1 / 1024 + 301 / 100 * X) (n * Rpower t (n - 1)) g /\
  near (5 + 2 / 1024) (1 - Rpower t n) (- e).
Proof.
  intros F Ht Hn Hr -> -> Hl Ho Hi HL Hj HP Hg He X. assert (LT : ln t < 0) by (rewrite <- ln_1; apply ln_increasing; lra).
  assert (EX : X = - (n * ln t)) by (unfold X; rewrite Rabs_left by exact LT; ring). assert (X0 : 0 < X) by (rewrite EX; nra).
  rewrite (rounded_exact _ _ (one_minus_exact t F ltac:(lra)) Hr) in Hl, Ho. replace (1 + - (1 - t)) with t in Hl, Ho by ring.
  rewrite (rounded_exact _ _ F Ho) in Hi. replace (- -1 / t) with (/ t) in Hi by (field; lra).
  assert (NL : near (3 + 1 / 1024) X (- L)).
  { rewrite EX. apply near_opp. rewrite (Rmult_comm n). apply near_weaken with (2 + 1 / 1024 + 0 + 1); [lra|].
    apply near_trans with (l * n); [|now apply rounded_near]. apply near_mult; [now apply approximated_near|apply near_refl]. }
  assert (NP : near (2 + 1 / 1024 + 301 / 100 * X) (Rpower t n) P).
  { rewrite power_as_exp, <- EX. apply near_weaken with (301 / 100 * X + (2 + 1 / 1024)); [lra|].
    apply near_trans with (exp L); [|now apply approximated_near]. apply near_exp.
    assert (E := near_error (3 + 1 / 1024) _ _ ltac:(lra) NL). rewrite (Rabs_right X) in E by lra. replace (L - - X) with (- (- L - X)) by ring.
    rewrite Rabs_Ropp. eapply Rle_trans; [exact E|]. unfold u64. lra. }
  split; [exact NP|split].
  - apply near_weaken with (2 + 1 / 1024 + 301 / 100 * X + (1 + 0 + 1) + 1); [lra|]. apply near_trans with (P * j); [|now apply rounded_near].
    apply near_eq with (Rpower t n * (/ t * n)).
    { replace (n - 1) with (n + - (1)) by ring. rewrite Rpower_plus, Rpower_Ropp, Rpower_1 by lra. ring. }
    apply near_mult; [exact NP|]. apply near_trans with (i * n); [|now apply rounded_near]. apply near_mult; [now apply rounded_near|apply near_refl].
  - rewrite power_as_exp, <- EX. apply near_weaken with (3 + 1 / 1024 + (2 + 1 / 1024)); [lra|].
    apply near_trans with (1 - exp (- - L)); [now apply near_one_minus_exp|]. rewrite Ropp_involutive.
    apply near_eq with (- (exp L - 1)); [ring|]. apply near_opp. now apply approximated_near.
Qed.

(* what rounding n - 1 costs alpha' before t = 1/2, and rounding n log t costs alpha and alpha' from there on *)
Definition polynomial_loss (n t : R) : R := if Rlt_dec t (1 / 2) then Rabs (n - 1) * Rabs (ln t) else 301 / 100 * (n * Rabs (ln t)).

Lemma polynomial_loss_pos n t : 0 < n -> 0 <= polynomial_loss n t.
Proof.
  intros Hn. assert (A := Rabs_pos (n - 1)). assert (B := Rabs_pos (ln t)). unfold polynomial_loss. destruct (Rlt_dec t (1 / 2)); nra.
Qed.

(* alpha within (2.1 + loss) u, alpha' and -sigma' (5.1 + loss) u, sigma within 5.1 u, v 11.1 u. *)
Theorem polynomial_schedule_rounding (t n m : R) (w : nat -> R) : run schedule_polynomial [t; n; m] w -> 0 < t < 1 -> 0 < n -> rounded (n - 1) m ->
  let p := PolynomialPath n in let loss := polynomial_loss n t in
  near (21 / 10 + loss) (alpha p t) (w schedule_polynomial_at_alpha) /\
  near (51 / 10 + loss) (alphaDot p t) (w schedule_polynomial_at_alpha_dot) /\
  near (51 / 10) (sigma p t) (w schedule_polynomial_at_sigma) /\
  w schedule_polynomial_at_sigma_dot = - w schedule_polynomial_at_alpha_dot /\
  near (111 / 10) (variance p t) (w schedule_polynomial_at_variance).
Proof.
  intros run Ht Hn Hm p loss. place run 0%nat H0. place run 1%nat H1. place run 2%nat H2. place run 3%nat H3. place run 4%nat H4.
  place run 6%nat H6. place run 7%nat H7. place run 8%nat H8. place run 9%nat H9. place run 10%nat H10. place run 11%nat H11. place run 12%nat H12.
  place run 13%nat H13. place run 14%nat H14. place run 15%nat H15. place run 16%nat H16. place run 17%nat H17. place run 18%nat H18.
  place run 19%nat H19.
  place run 20%nat H20. place run 21%nat H21. place run 22%nat H22. place run 23%nat H23. place run 24%nat H24. place run 25%nat H25.
  place run 26%nat H26.
  place run 27%nat H27. place run 28%nat H28. place run 29%nat H29. place run 30%nat H30. place run 31%nat H31. place run 32%nat H32.
  place run 33%nat H33.
  place run 34%nat H34. place run 35%nat H35. place run 36%nat H36. place run 37%nat H37. place run 38%nat H38.
  destruct H0 as (H0 & F0), H6 as (H6 & _), H8 as (H8 & _). rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_half in H4.
  assert (Z := reach_of_the_logarithm).
  set (c := 3152519739159347 * powerRZ 2 (-52)) in *. assert (H27' : w 27%nat = - c) by (rewrite H27; unfold c; ring).
  rewrite H0 in *. rewrite H1 in *. rewrite H3 in *. rewrite H4 in *. rewrite H6 in *. rewrite H8 in *. rewrite H26 in H30. rewrite H27' in H29.
  destruct H29 as (A29 & B29), H30 as (A30 & _), H21 as (A21 & B21), H22 as (A22 & B22), H36 as (A36 & B36), H37 as (A37 & B37).
  change schedule_polynomial_at_alpha with 21%nat. change schedule_polynomial_at_alpha_dot with 22%nat. change schedule_polynomial_at_sigma with 36%nat.
  change schedule_polynomial_at_sigma_dot with 37%nat. change schedule_polynomial_at_variance with 38%nat.
  assert (G : near (21 / 10 + loss) (alpha p t) (w 21%nat) /\ near (51 / 10 + loss) (alphaDot p t) (w 22%nat) /\
    near (5 + 2 / 1024) (sigma p t) (w 36%nat) /\ w 37%nat = - w 22%nat).
  { unfold loss, polynomial_loss, p. simpl alpha. simpl alphaDot. simpl sigma. destruct (Rlt_dec t (1 / 2)) as [T|T].
    - rewrite (A21 T), (A22 T), (A36 T), (A37 T), H31, H32. assert (Q := Rmult_le_pos _ _ (Rabs_pos (n - 1)) (Rabs_pos (ln t))).
      destruct (polynomial_early t n m (w 7%nat) (w 9%nat) (w 10%nat) (w 11%nat) (w 23%nat) (w 24%nat) (w 25%nat) (w 28%nat) c (w 29%nat) (w 30%nat))
        as (NA & ND & NS); auto; try lra.
      refine (conj (near_weaken _ _ _ _ _ NA) (conj (near_weaken _ _ _ _ _ ND) (conj NS eq_refl))); lra.
    - apply Rnot_lt_le in T. rewrite (B21 T), (B22 T), (B36 T), (B37 T), H34, H35.
      destruct (polynomial_late t n (w 2%nat) (w 12%nat) (w 13%nat) (w 14%nat) (w 15%nat) (w 16%nat) (w 17%nat) (w 18%nat) (w 19%nat) (w 20%nat)
        (w 33%nat))
        as (NA & ND & NS); auto; try lra.
      refine (conj (near_weaken _ _ _ _ _ NA) (conj (near_weaken _ _ _ _ _ ND) (conj NS eq_refl))); lra. }
  destruct G as (NA & ND & NS & E37). refine (conj NA (conj ND (conj (near_weaken (5 + 2 / 1024) (51 / 10) _ _ ltac:(lra) NS) (conj E37 _)))).
  apply near_weaken with (5 + 2 / 1024 + (5 + 2 / 1024) + 1); [lra|]. apply near_trans with (w 36%nat * w 36%nat); [|now apply rounded_near].
  unfold variance. now apply near_mult.
Qed.

(* u = alpha' x1 + sigma'/sigma (x - alpha x1): within (13.4 + 3/2 loss) u of |u| + |x du/dx| + |x1 du/dx1|. *)
Theorem polynomial_velocity_rounding (t n m x x1 : R) (w : nat -> R) : run velocity_polynomial [t; n; m; x; x1] w ->
  0 < t < 1 -> 0 < n -> rounded (n - 1) m -> polynomial_loss n t <= 16 ->
  let p := PolynomialPath n in let loss := polynomial_loss n t in
  let rate := halfVarianceDot p t / variance p t in let y := alphaDot p t * x1 + rate * (x - alpha p t * x1) in
  Rabs (w velocity_polynomial_at_velocity - y)
  <= (134 / 10 + 3 / 2 * loss) * u64 * (Rabs y + (Rabs (rate * x) + Rabs ((alphaDot p t - rate * alpha p t) * x1))).
Proof.
  intros run Ht Hn Hm HE p loss rate y. place run 0%nat H0. place run 1%nat H1. place run 2%nat H2. place run 3%nat H3. place run 4%nat H4.
  place run 5%nat H5. place run 6%nat H6. place run 7%nat H7. place run 8%nat H8. place run 9%nat H9. place run 10%nat H10. place run 11%nat H11.
  place run 12%nat H12. place run 13%nat H13. place run 14%nat H14. place run 15%nat H15. place run 16%nat H16. place run 17%nat H17.
  place run 18%nat H18.
  place run 19%nat H19. place run 20%nat H20. place run 21%nat H21. place run 22%nat H22. place run 23%nat H23. place run 24%nat H24.
  place run 25%nat H25.
  place run 26%nat H26. place run 27%nat H27. place run 28%nat H28. place run 29%nat H29. place run 30%nat H30. place run 31%nat H31.
  place run 32%nat H32.
  place run 33%nat H33. place run 34%nat H34. place run 35%nat H35. place run 36%nat H36. place run 37%nat H37. place run 38%nat H38.
  place run 39%nat H39.
  place run 40%nat H40. place run 41%nat H41. place run 42%nat H42. place run 43%nat H43. place run 44%nat H44. place run 45%nat H45.
  place run 46%nat H46.
  place run 47%nat H47. place run 48%nat H48.
  destruct H0 as (H0 & F0), H5 as (H5 & _), H7 as (H7 & _), H40 as (H40 & _), H41 as (H41 & _).
  rewrite number_one in H1. rewrite number_minus_one in H3. rewrite number_half in H4. rewrite number_two in H42.
  assert (Z := reach_of_the_logarithm).
  set (c := 3152519739159347 * powerRZ 2 (-52)) in *. assert (H26' : w 26%nat = - c) by (rewrite H26; unfold c; ring).
  rewrite H0 in *. rewrite H1 in *. rewrite H3 in *. rewrite H4 in *. rewrite H5 in *. rewrite H7 in *. rewrite H25 in H29. rewrite H26' in H28.
  destruct H28 as (A28 & B28), H29 as (A29 & _), H20 as (A20 & B20), H21 as (A21 & B21), H35 as (A35 & B35), H36 as (A36 & B36).
  assert (L0 : 0 <= loss) by now apply polynomial_loss_pos.
  assert (G : near (21 / 10 + loss) (alpha p t) (w 20%nat) /\ near (51 / 10 + loss) (alphaDot p t) (w 21%nat) /\
    near (51 / 10) (sigma p t) (w 35%nat) /\ w 36%nat = - w 21%nat).
  { unfold loss, polynomial_loss, p. simpl alpha. simpl alphaDot. simpl sigma. destruct (Rlt_dec t (1 / 2)) as [T|T].
    - rewrite (A20 T), (A21 T), (A35 T), (A36 T), H30, H31. assert (Q := Rmult_le_pos _ _ (Rabs_pos (n - 1)) (Rabs_pos (ln t))).
      destruct (polynomial_early t n m (w 6%nat) (w 8%nat) (w 9%nat) (w 10%nat) (w 22%nat) (w 23%nat) (w 24%nat) (w 27%nat) c (w 28%nat) (w 29%nat))
        as (NA & ND & NS); auto; try lra.
      refine (conj (near_weaken _ _ _ _ _ NA) (conj (near_weaken _ _ _ _ _ ND) (conj (near_weaken _ _ _ _ _ NS) eq_refl))); lra.
    - apply Rnot_lt_le in T. rewrite (B20 T), (B21 T), (B35 T), (B36 T), H33, H34.
      destruct (polynomial_late t n (w 2%nat) (w 11%nat) (w 12%nat) (w 13%nat) (w 14%nat) (w 15%nat) (w 16%nat) (w 17%nat) (w 18%nat) (w 19%nat)
        (w 32%nat))
        as (NA & ND & NS); auto; try lra.
      refine (conj (near_weaken _ _ _ _ _ NA) (conj (near_weaken _ _ _ _ _ ND) (conj (near_weaken _ _ _ _ _ NS) eq_refl))); lra. }
  destruct G as (NA & ND & NS & E36).
  assert (P := Rpower_lt_1 t n Ht Hn). assert (S0 : 0 < sigma p t) by (simpl; lra). assert (A0 : 0 <= alpha p t) by (simpl; lra).
  assert (D0 : 0 <= alphaDot p t) by (simpl; apply Rmult_le_pos; [lra|left; apply exp_pos]).
  assert (ER : rate = - (alphaDot p t / sigma p t)) by (unfold rate, variance; simpl; field; lra).
  assert (Hr : rate <= 0).
  { rewrite ER. assert (0 <= alphaDot p t / sigma p t) by (apply Rmult_le_pos; [exact D0|left; now apply Rinv_0_lt_compat]). lra. }
  assert (W35 := near_pos _ _ _ S0 NS).
  assert (R : near (51 / 10 + loss + 51 / 10 + 3) rate (w 44%nat)).
  { apply near_trans with (w 36%nat / w 35%nat).
    - rewrite ER, E36. replace (- w 21%nat / w 35%nat) with (- (w 21%nat / w 35%nat)) by (field; lra). apply near_opp. now apply near_div.
    - rewrite H42 in H43. apply (square_rate (w 35%nat) (w 36%nat) (w 37%nat) (w 38%nat) (w 39%nat) (w 43%nat)); auto. lra. }
  rewrite H41 in H45. rewrite H46, H40, H41 in H47. fold loss in HE. change velocity_polynomial_at_velocity with 48%nat.
  eapply Rle_trans; [exact (velocity_of_rounded_alpha (21 / 10 + loss) (51 / 10 + loss) (51 / 10 + loss + 51 / 10 + 3) (alpha p t) (alphaDot p t)
    rate x x1 _ _ _ _ _ _
    ltac:(lra) ltac:(lra) ltac:(lra) ltac:(lra) A0 D0 Hr NA ND R H45 H47 H48)|]. fold y.
  apply Rmult_le_compat_r; [repeat apply Rplus_le_le_0_compat; apply Rabs_pos|unfold u64; lra].
Qed.

(* ---------- sigmoid: alpha = N/(N + M), N = sinh(k t/2), M = sinh(k (1 - t)/2) ---------- *)
(* a share is no further off than its two parts together *)
Lemma near_share n m a b a' b' : 0 < a -> 0 < b -> near n a a' -> near m b b' -> near (n + m) (a / (a + b)) (a' / (a' + b')).
Proof.
  intros A B NA NB. assert (A' := near_pos _ _ _ A NA). assert (B' := near_pos _ _ _ B NB).
  assert (E : forall v w, 0 < v -> 0 < w -> v / (v + w) = / (1 + w / v)) by (intros; field; lra).
  rewrite !E by assumption. apply near_inv. assert (P : 0 <= n + m).
  { assert (U := u64_pos). destruct NA as (c & C & _), NB as (e & D & _). assert (Q := Rabs_pos c). assert (Q2 := Rabs_pos e). nra. }
  apply near_plus; [lra|left; now apply Rdiv_lt_0_compat|apply near_weaken with 0; [exact P|apply near_refl]|].
  rewrite Rplus_comm. now apply near_div.
Qed.

(* sinh(k x/2) over the larger exponential is (1 - e^(-k x)) e^(k (x - y)/2) beside 1 - e^(-k y), x + y = 1 *)
Definition part (k x : R) : R := 1 - exp (- (k * x)).
Definition tilt (k x y : R) : R := exp (k * (x - y) / 2).

Lemma part_pos k x : 0 < k -> 0 < x -> 0 < part k x.
Proof. intros K X. apply one_minus_exp_pos. now apply Rmult_lt_0_compat. Qed.

Lemma sigmoid_is_a_share k t : 0 < k -> 0 < t < 1 -> let r := 1 - t in
  sigmoid_alpha k t = tilt k t r * part k t / (tilt k t r * part k t + part k r) /\
  1 - sigmoid_alpha k t = tilt k r t * part k r / (tilt k r t * part k r + part k t).
Proof.
  intros K T r. set (A := exp (- (k * t))). set (B := exp (- (k / 2))).
  assert (A0 : 0 < A) by apply exp_pos. assert (B0 : 0 < B) by apply exp_pos.
  assert (E1 : forall a b, exp (a - b) = exp a * / exp b) by (intros; unfold Rminus; now rewrite exp_plus, exp_Ropp).
  assert (EB : exp (k / 2) = / B) by (unfold B; now rewrite exp_Ropp, Rinv_inv).
  assert (P1 : part k t = 1 - A) by reflexivity.
  assert (P2 : part k r = 1 - B * B * / A).
  { unfold part, r, A, B. f_equal. rewrite <- exp_plus, <- E1. f_equal. field. }
  assert (T1 : tilt k t r = B * / A).
  { unfold tilt, r, A, B. rewrite <- E1. f_equal. field. }
  assert (T2 : tilt k r t = A * / B).
  { unfold tilt, r, A, B. rewrite <- E1. f_equal. field. }
  assert (L : exp (- (k * (t - 1 / 2))) = A * / B).
  { unfold A, B. rewrite <- E1. f_equal. field. }
  assert (A1 : A < 1) by (assert (Q := part_pos k t K (proj1 T)); rewrite P1 in Q; lra).
  assert (B1 : B < 1) by (assert (Q := one_minus_exp_pos (k / 2) ltac:(lra)); fold B in Q; lra).
  assert (R0 := part_pos k r K ltac:(unfold r; lra)). rewrite P2 in R0.
  assert (AB : B * B < A).
  { apply Rmult_lt_reg_r with (/ A); [now apply Rinv_0_lt_compat|]. rewrite Rinv_r by lra. lra. }
  unfold sigmoid_alpha, sigmoid_span, logistic. rewrite L. rewrite Ropp_involutive, EB. fold B. rewrite T1, T2, P1, P2.
  assert (N1 : B * (1 - A) * A + A * A * 1 - B * B * A <> 0) by (assert (0 < A * (1 - B) * (A + B)) by (repeat apply Rmult_lt_0_compat; lra); nra).
  split; field; repeat split; try lra; try (assert (0 < (1 - B) * (A + B)) by (apply Rmult_lt_0_compat; lra); nra).
Qed.

(* both branches of a share: x and y are known within i u and j u, x - y within d u *)
Lemma share_rounding k hk x y x' y' i j d own_arg other_arg own_minus other_minus own other difference half F early total q G late total' q' :
  0 < k -> hk = k / 2 -> 0 < x -> 0 < y -> near i x x' -> near j y y' -> Rabs (difference - (x - y)) <= d * u64 -> Rabs difference <= 1001 / 1000
    -> 0 <= d ->
  rounded (x' * - k) own_arg -> rounded (y' * - k) other_arg ->
  approximated (exp own_arg - 1) own_minus -> approximated (exp other_arg - 1) other_minus -> own = - own_minus -> other = - other_minus ->
  rounded (difference * hk) half ->
  approximated (exp half) F -> rounded (F * own) early -> rounded (early + other) total -> rounded (early / total) q ->
  approximated (exp (- half)) G -> rounded (G * other) late -> rounded (own + late) total' -> rounded (own / total') q' ->
  let n := i + j + 12 + (d + 11 / 10) / 2 * k in let share := tilt k x y * part k x / (tilt k x y * part k x + part k y) in
  near n share q /\ near n share q'.
Proof.
  intros K -> X Y NX NY D D1 D0 H1 H2 H3 H4 -> -> H5 H6 H7 H8 H9 H10 H11 H12 H13 n share.
  assert (arg : forall z z' e a m, 0 < z -> near e z z' -> rounded (z' * - k) a -> approximated (exp a - 1) m -> near (e + 1 + (2 + 1 / 1024))
    (part k z) (- m)).
  { intros z z' e a m Z NZ Ha Hm. apply near_trans with (1 - exp (- - a)).
    - unfold part. apply near_one_minus_exp; [now apply Rmult_lt_0_compat|]. apply near_eq with (- (z * - k)); [ring|]. apply near_opp.
      apply near_trans with (z' * - k); [|now apply rounded_near]. replace e with (e + 0) by ring. apply near_mult; [exact NZ|apply near_refl].
    - rewrite Ropp_involutive. apply near_eq with (- (exp a - 1)); [ring|]. apply near_opp. now apply approximated_near. }
  assert (NO := arg x x' i own_arg own_minus X NX H1 H3). assert (NR := arg y y' j other_arg other_minus Y NY H2 H4).
  set (h := (d + 11 / 10) / 2 * k).
  assert (HE : Rabs (half - k * (x - y) / 2) <= h * u64).
  { apply rounded_error in H5. replace (half - k * (x - y) / 2) with ((half - difference * (k / 2)) + (difference - (x - y)) * (k / 2)) by field.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult in *. rewrite (Rabs_right (k / 2)) in * by lra.
    assert (Q1 : Rabs difference * (k / 2) <= 1001 / 1000 * (k / 2)) by (apply Rmult_le_compat_r; lra).
    assert (Q2 : Rabs (difference - (x - y)) * (k / 2) <= d * u64 * (k / 2)) by (apply Rmult_le_compat_r; lra).
    assert (U := u64_pos). assert (Q3 : u64 * (Rabs difference * (k / 2)) <= u64 * (1001 / 1000 * (k / 2))) by (apply Rmult_le_compat_l; lra).
    assert (Q4 : 0 <= u64 * k) by (apply Rmult_le_pos; lra). unfold h. lra. }
  assert (NF : near (h + (2 + 1 / 1024)) (tilt k x y) F).
  { apply near_trans with (exp half); [|now apply approximated_near]. unfold tilt. now apply near_exp. }
  assert (NG : near (h + (2 + 1 / 1024)) (/ tilt k x y) G).
  { apply near_trans with (exp (- half)); [|now apply approximated_near]. unfold tilt. rewrite <- exp_Ropp. apply near_exp.
    replace (- half - - (k * (x - y) / 2)) with (- (half - k * (x - y) / 2)) by ring. now rewrite Rabs_Ropp. }
  assert (T0 : 0 < tilt k x y) by apply exp_pos. assert (PX := part_pos k x K X). assert (PY := part_pos k y K Y).
  assert (PO := near_pos _ _ _ PX NO). assert (PR := near_pos _ _ _ PY NR).
  split.
  - assert (NE : near (h + (2 + 1 / 1024) + (i + 1 + (2 + 1 / 1024)) + 1) (tilt k x y * part k x) early).
    { apply near_trans with (F * - own_minus); [now apply near_mult|now apply rounded_near]. }
    apply near_weaken with (h + (2 + 1 / 1024) + (i + 1 + (2 + 1 / 1024)) + 1 + (j + 1 + (2 + 1 / 1024)) + (0 + 1) + 1); [unfold n, h; lra|].
    apply near_trans with (early / total); [|now apply rounded_near]. apply near_trans with (early / (early + - other_minus)).
    + apply near_share; auto. now apply Rmult_lt_0_compat.
    + apply near_div; [apply near_refl|now apply rounded_near].
  - assert (NL : near (h + (2 + 1 / 1024) + (j + 1 + (2 + 1 / 1024)) + 1) (/ tilt k x y * part k y) late).
    { apply near_trans with (G * - other_minus); [now apply near_mult|now apply rounded_near]. }
    apply near_weaken with (i + 1 + (2 + 1 / 1024) + (h + (2 + 1 / 1024) + (j + 1 + (2 + 1 / 1024)) + 1) + (0 + 1) + 1); [unfold n, h; lra|].
    apply near_trans with (- own_minus / total'); [|now apply rounded_near]. apply near_trans with (- own_minus / (- own_minus + late)).
    + apply near_eq with (part k x / (part k x + / tilt k x y * part k y)).
      { unfold share. assert (0 < tilt k x y * part k x) by now apply Rmult_lt_0_compat. field. split; [lra|].
        apply Rgt_not_eq. lra. }
      apply near_share; auto. apply Rmult_lt_0_compat; [now apply Rinv_0_lt_compat|exact PY].
    + apply near_div; [apply near_refl|now apply rounded_near].
Qed.

(* alpha and sigma within (13 + 1.6 k) u, v within (27 + 3.2 k) u, for the steepness k. *)
Theorem sigmoid_schedule_rounding (t k hk : R) (w : nat -> R) : run schedule_sigmoid [t; k; hk] w -> 0 < t < 1 -> 0 < k -> hk = k / 2 ->
  let p := SigmoidPath k in
  near (13 + 16 / 10 * k) (alpha p t) (w schedule_sigmoid_at_alpha) /\ near (13 + 16 / 10 * k) (sigma p t) (w schedule_sigmoid_at_sigma) /\
  near (27 + 32 / 10 * k) (variance p t) (w schedule_sigmoid_at_variance).
Proof.
  intros run Ht Hk Hhk p. place run 0%nat H0. place run 1%nat H1. place run 2%nat H2. place run 4%nat H4. place run 5%nat H5. place run 6%nat H6.
  place run 8%nat H8. place run 11%nat H11. place run 13%nat H13. place run 15%nat H15. place run 18%nat H18. place run 20%nat H20.
  place run 22%nat H22.
  place run 23%nat H23. place run 25%nat H25. place run 27%nat H27. place run 30%nat H30. place run 32%nat H32. place run 34%nat H34.
  place run 38%nat H38.
  place run 40%nat H40. place run 42%nat H42. place run 45%nat H45. place run 47%nat H47. place run 51%nat H51. place run 53%nat H53.
  place run 55%nat H55.
  place run 57%nat H57. place run 59%nat H59. place run 62%nat H62. place run 64%nat H64. place run 68%nat H68. place run 70%nat H70.
  place run 72%nat H72.
  place run 75%nat H75. place run 77%nat H77. place run 81%nat H81. place run 83%nat H83.
  destruct H0 as (H0 & F0), H4 as (H4 & _), H22 as (H22 & _). rewrite number_one in H1. rewrite number_half in H30. rewrite H0 in *. rewrite H1 in H2.
  rewrite H4 in H5. rewrite H5 in *. rewrite H22 in *. rewrite H30 in *. rewrite H38 in H40. rewrite H68 in H70.
  destruct (sigmoid_is_a_share k t Hk Ht) as (EA & ES). set (r := 1 - t) in *. assert (R0 : 0 < r < 1) by (unfold r; lra).
  assert (U : u64 = 1 / 9007199254740992) by reflexivity. assert (NR := rounded_near _ _ H2). assert (ER := rounded_error _ _ H2).
  assert (ER' : Rabs (w 2%nat - r) <= u64) by (eapply Rle_trans; [exact ER|]; rewrite (Rabs_right r) by lra; rewrite U; lra).
  assert (ER2 := Rabs_le_inv _ _ ER').
  assert (D20 : Rabs (w 20%nat - (t - r)) <= 21 / 10 * u64 /\ Rabs (w 20%nat) <= 1001 / 1000).
  { apply rounded_error in H20. assert (Q : Rabs (t - w 2%nat) <= 1 + u64) by (apply Rabs_le; unfold r in *; lra).
    assert (Q2 : Rabs (w 20%nat - (t - w 2%nat)) <= u64 * (1 + u64)) by (eapply Rle_trans; [exact H20|]; apply Rmult_le_compat_l; [rewrite U;
      lra|exact Q]).
    apply Rabs_le_inv in Q2. split; apply Rabs_le; rewrite U in *; unfold r in *; lra. }
  assert (D53 : Rabs (w 53%nat - (r - t)) <= 21 / 10 * u64 /\ Rabs (w 53%nat) <= 1001 / 1000).
  { apply rounded_error in H53. assert (Q : Rabs (w 2%nat - t) <= 1 + u64) by (apply Rabs_le; unfold r in *; lra).
    assert (Q2 : Rabs (w 53%nat - (w 2%nat - t)) <= u64 * (1 + u64)) by (eapply Rle_trans; [exact H53|]; apply Rmult_le_compat_l; [rewrite U;
      lra|exact Q]).
    apply Rabs_le_inv in Q2. split; apply Rabs_le; rewrite U in *; unfold r in *; lra. }
  destruct D20 as (D20 & D20'), D53 as (D53 & D53').
  destruct (share_rounding k hk t r t (w 2%nat) 0 1 (21 / 10) (w 6%nat) (w 13%nat) (w 8%nat) (w 15%nat) (w 11%nat) (w 18%nat) (w 20%nat) (w 23%nat)
    (w 25%nat) (w 27%nat) (w 32%nat) (w 34%nat) (w 40%nat) (w 42%nat) (w 45%nat) (w 47%nat)) as (A1 & A2); auto; try lra; [apply near_refl|].
  destruct (share_rounding k hk r t (w 2%nat) t 1 0 (21 / 10) (w 13%nat) (w 6%nat) (w 15%nat) (w 8%nat) (w 18%nat) (w 11%nat) (w 53%nat) (w 55%nat)
    (w 57%nat) (w 59%nat) (w 62%nat) (w 64%nat) (w 70%nat) (w 72%nat) (w 75%nat) (w 77%nat)) as (S1 & S2); auto; try lra; [apply near_refl|].
  rewrite <- EA in A1, A2. rewrite <- ES in S1, S2.
  change schedule_sigmoid_at_alpha with 51%nat. change schedule_sigmoid_at_sigma with 81%nat. change schedule_sigmoid_at_variance with 83%nat.
  assert (GA : near (13 + 16 / 10 * k) (alpha p t) (w 51%nat)).
  { simpl. destruct H51 as (A & B). destruct (Rlt_or_le t (1 / 2)) as [Q|Q]; [rewrite (A Q)|rewrite (B Q)];
      (eapply near_weaken; [|eassumption]); lra. }
  assert (GS : near (13 + 16 / 10 * k) (sigma p t) (w 81%nat)).
  { simpl. destruct H81 as (A & B). destruct (Rlt_or_le (w 2%nat) (1 / 2)) as [Q|Q]; [rewrite (A Q)|rewrite (B Q)];
      (eapply near_weaken; [|eassumption]); lra. }
  refine (conj GA (conj GS _)). apply near_weaken with (13 + 16 / 10 * k + (13 + 16 / 10 * k) + 1); [lra|].
  apply near_trans with (w 81%nat * w 81%nat); [|now apply rounded_near]. unfold variance. now apply near_mult.
Qed.

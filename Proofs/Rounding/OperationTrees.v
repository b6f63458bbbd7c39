(* What a function of the library executes, read from traces/*.json, and what executing it means in IEEE
   arithmetic (float64, to nearest, ties to even). The operations come in order; their arguments are the places of
   earlier ones. *)
Require Import Reals ZArith List Lia Psatz.
From Flocq Require Import Core Relative Mult_error Sterbenz.
From FlowProofs Require Import OptimalTransport VariancePreserving RelativePrecision.
Import ListNotations.
Open Scope R_scope.

Inductive operation :=
  | Input (k : nat)
  | Number (significand exponent : Z)
  | Sum (a b : nat) | Difference (a b : nat) | Product (a b : nat) | Quotient (a b : nat) | Negation (a : nat)
  | Fused (a b c : nat)                (* a + b c, rounded once *)
  | FusedOrNot (a b c : nat)           (* a + b c, rounded once or twice *)
  | Power (a b : nat)                  (* a^b *)
  | Exp (a : nat) | ExpMinusOne (a : nat) | Log (a : nat) | LogOnePlus (a : nat) | Root (a : nat) | Hypot (a b : nat)
  | SinPi (a : nat) | CosPi (a : nat)
  | Choice (a b c d : nat).            (* c where a < b, else d *)

(* y is x rounded, and x is no subnormal number (IEEE arithmetic loses digits there); no overflow, as the format
   here has no largest number. *)
Definition rounded (x y : R) : Prop := y = rnd64 x /\ (x = 0 \/ bpow radix2 (-1022) <= Rabs x).

(* The elementary functions of the system: a number within 2 u of the truth. *)
Definition approximated (x y : R) : Prop := fmt64 y /\ exists e, Rabs e <= 2 * u64 /\ y = x * (1 + e).

(* The library's own sin(pi x) and cos(pi x): within 2.5 u. *)
Definition turned_within (x y : R) : Prop := fmt64 y /\ exists e, Rabs e <= 5 / 2 * u64 /\ y = x * (1 + e).

(* y is what the operation gives at the inputs `input` when the earlier ones have given `w`. *)
Definition gives (o : operation) (input w : nat -> R) (y : R) : Prop :=
  match o with
  | Input k => y = input k /\ fmt64 y
  | Number m e => y = IZR m * powerRZ 2 e
  | Sum a b => rounded (w a + w b) y
  | Difference a b => rounded (w a - w b) y
  | Product a b => rounded (w a * w b) y
  | Quotient a b => rounded (w a / w b) y
  | Negation a => y = - w a
  | Fused a b c => rounded (w a + w b * w c) y
  | FusedOrNot a b c => rounded (w a + w b * w c) y \/ exists z, rounded (w b * w c) z /\ rounded (w a + z) y
  | Power a b => approximated (Rpower (w a) (w b)) y
  | Exp a => approximated (exp (w a)) y
  | ExpMinusOne a => approximated (exp (w a) - 1) y
  | Log a => approximated (ln (w a)) y
  | LogOnePlus a => approximated (ln (1 + w a)) y
  | Root a => rounded (sqrt (w a)) y
  | Hypot a b => approximated (sqrt (w a * w a + w b * w b)) y
  | SinPi a => turned_within (sin (PI * w a)) y
  | CosPi a => turned_within (cos (PI * w a)) y
  | Choice a b c d => (w a < w b -> y = w c) /\ (w b <= w a -> y = w d)
  end.

Fixpoint run_from (place : nat) (program : list operation) (input w : nat -> R) : Prop :=
  match program with
  | [] => True
  | o :: rest => gives o input w (w place) /\ run_from (S place) rest input w
  end.

(* w holds all numbers of an execution of the program at the inputs given. *)
Definition run (program : list operation) (inputs : list R) (w : nat -> R) : Prop :=
  run_from 0 program (fun k => nth k inputs 0) w.

Lemma ln_1_plus_u e : Rabs e <= 1 / 9007199254740993 -> near 1 1 (1 + e).
Proof.
  intros H. apply Rabs_le_inv in H. apply near_between; [lra|]. rewrite !Rmult_1_l.
  assert (A := exp_ge u64). assert (I := exp_inv u64). assert (P := exp_pos (- u64)). unfold u64 in *. split; nra.
Qed.

(* One rounding is one u on the logarithmic scale. *)
Lemma rounded_near x y : rounded x y -> near 1 x y.
Proof.
  intros (-> & [->|N]).
  - rewrite round_0 by apply valid_rnd_N. exists 0. rewrite Rabs_R0. unfold u64. split; lra.
  - destruct (rnd64_relative x N) as (e & E & ->). destruct (ln_1_plus_u e E) as (th & T & X).
    exists th. split; [exact T|]. rewrite X. ring.
Qed.

Lemma approximated_near x y : approximated x y -> near (2 + 1 / 1024) x y.
Proof.
  intros (_ & e & E & ->). apply Rabs_le_inv in E.
  assert (N : near (2 + 1 / 1024) 1 (1 + e)).
  { apply near_between; [lra|]. rewrite !Rmult_1_l. set (z := (2 + 1 / 1024) * u64).
    assert (A := exp_ge z). assert (I := exp_inv z). assert (P := exp_pos (- z)). unfold z, u64 in *. split; nra. }
  destruct N as (th & T & X). exists th. split; [exact T|]. rewrite X. ring.
Qed.

Lemma turned_near x y : turned_within x y -> near (5 / 2 + 1 / 1024) x y.
Proof.
  intros (_ & e & E & ->). apply Rabs_le_inv in E.
  assert (N : near (5 / 2 + 1 / 1024) 1 (1 + e)).
  { apply near_between; [lra|]. rewrite !Rmult_1_l. set (z := (5 / 2 + 1 / 1024) * u64).
    assert (A := exp_ge z). assert (I := exp_inv z). assert (P := exp_pos (- z)). unfold z, u64 in *. split; nra. }
  destruct N as (th & T & X). exists th. split; [exact T|]. rewrite X. ring.
Qed.

Lemma fused_or_not_near a b c y : 0 <= a -> 0 <= b * c ->
  (rounded (a + b * c) y \/ exists z, rounded (b * c) z /\ rounded (a + z) y) -> near 2 (a + b * c) y.
Proof.
  intros A B [H|(z & Z & H)]; apply rounded_near in H.
  - apply near_weaken with 1; [lra|exact H].
  - apply rounded_near in Z. replace 2 with (1 + 1) by ring. apply near_trans with (a + z); [|exact H].
    apply near_plus; auto. apply near_weaken with 0; [lra|apply near_refl].
Qed.

Lemma rounded_format x y : rounded x y -> fmt64 y.
Proof. intros (-> & _). apply generic_format_round; [apply FLT_exp_valid; reflexivity|apply valid_rnd_N]. Qed.

(* Numbers of the format are not changed by rounding. *)
Lemma rounded_exact x y : fmt64 x -> rounded x y -> y = x.
Proof. intros F (-> & _). apply round_generic; [apply valid_rnd_N|exact F]. Qed.

Lemma format_opp x : fmt64 x -> fmt64 (- x).
Proof. apply generic_format_opp. Qed.

Lemma format_one : fmt64 1.
Proof. replace 1 with (bpow radix2 0) by reflexivity. apply generic_format_bpow. unfold FLT_exp. simpl. lia. Qed.

Lemma format_zero : fmt64 0.
Proof. apply generic_format_0. Qed.

(* Twice a number is exact. *)
Lemma format_twice x : fmt64 x -> fmt64 (x * 2).
Proof. intros F. apply (mult_bpow_pos_exact_FLT radix2 (-1074) 53 x 1 F). lia. Qed.

(* Sterbenz: 1 - t is exact from 1/2 on. *)
Lemma one_minus_exact t : fmt64 t -> 1 / 2 <= t <= 1 -> fmt64 (1 - t).
Proof.
  intros F T. assert (V : Valid_exp (FLT_exp (-1074) 53)) by (apply FLT_exp_valid; reflexivity).
  assert (M : Monotone_exp (FLT_exp (-1074) 53)) by apply FLT_exp_monotone.
  apply (sterbenz radix2 (FLT_exp (-1074) 53)); [apply format_one|exact F|lra].
Qed.

Lemma rounded_error x y : rounded x y -> Rabs (y - x) <= u64 * Rabs x.
Proof.
  intros (-> & [->|N]).
  - rewrite round_0 by apply valid_rnd_N. replace (0 - 0) with 0 by ring. rewrite Rabs_R0. lra.
  - destruct (rnd64_relative x N) as (e & E & ->). replace (x * (1 + e) - x) with (e * x) by ring.
    rewrite Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|]. unfold u64. lra.
Qed.

(* a + b c, rounded once or twice, where a and b c may cancel *)
Lemma fused_or_not_error a b c y :
  (rounded (a + b * c) y \/ exists z, rounded (b * c) z /\ rounded (a + z) y) ->
  Rabs (y - (a + b * c)) <= u64 * Rabs (a + b * c) + u64 * (1 + u64) * Rabs (b * c).
Proof.
  assert (U := u64_pos). assert (B := Rabs_pos (b * c)).
  intros [H|(z & Z & H)]; apply rounded_error in H; [nra|]. apply rounded_error in Z.
  replace (y - (a + b * c)) with ((y - (a + z)) + (z - b * c)) by ring. eapply Rle_trans; [apply Rabs_triang|].
  assert (T : Rabs (a + z) <= Rabs (a + b * c) + Rabs (z - b * c)).
  { replace (a + z) with ((a + b * c) + (z - b * c)) by ring. apply Rabs_triang. }
  assert (u64 * Rabs (a + z) <= u64 * (Rabs (a + b * c) + u64 * Rabs (b * c))) by (apply Rmult_le_compat_l; lra). lra.
Qed.

(* Adding 0 changes nothing. *)
Lemma rounded_plus_0_l x y : fmt64 x -> rounded (0 + x) y -> y = x.
Proof. intros F H. rewrite Rplus_0_l in H. now apply rounded_exact. Qed.

Lemma rounded_plus_0_r x y : fmt64 x -> rounded (x + 0) y -> y = x.
Proof. intros F H. rewrite Rplus_0_r in H. now apply rounded_exact. Qed.

Lemma rounded_0 y : rounded 0 y -> y = 0.
Proof. intros H. now apply (rounded_exact 0 y format_zero). Qed.

(* What the operation at one place gives. *)
Lemma run_at program inputs w : run program inputs w -> forall k o, nth_error program k = Some o ->
  gives o (fun k => nth k inputs 0) w (w k).
Proof.
  unfold run. intros H k o E.
  assert (G : forall rest place, run_from place rest (fun k => nth k inputs 0) w -> forall j, nth_error rest j = Some o ->
    gives o (fun k => nth k inputs 0) w (w (place + j)%nat)).
  { induction rest as [|o' rest IH]; intros place R j Ej; [now destruct j|]. destruct R as (R1 & R2). destruct j as [|j].
    - injection Ej as <-. now rewrite Nat.add_0_r.
    - replace (place + S j)%nat with (S place + j)%nat by lia. now apply IH. }
  exact (G program 0%nat H k E).
Qed.

Definition takes_inputs_below (count : nat) (o : operation) : bool := match o with Input k => Nat.ltb k count | _ => true end.

(* The first n operations of a program that begins as another: they give what they give there, further inputs or not. *)
Lemma run_part n program other inputs more w : run program (inputs ++ more) w -> firstn n program = firstn n other ->
  forallb (takes_inputs_below (length inputs)) (firstn n other) = true ->
  forall k o, nth_error (firstn n other) k = Some o -> gives o (fun k => nth k inputs 0) w (w k).
Proof.
  intros H E B k o K. assert (F : forall (l : list operation) n k, nth_error (firstn n l) k = Some o -> nth_error l k = Some o).
  { induction l as [|x l IH]; intros [|m] [|j]; simpl; try discriminate; [easy|apply IH]. }
  assert (P : nth_error program k = Some o) by (apply (F _ n); now rewrite E).
  assert (G := run_at _ _ _ H k o P). assert (T := proj1 (forallb_forall _ _) B o (nth_error_In _ _ K)).
  destruct o; try exact G. simpl in T. apply Nat.ltb_lt in T. simpl in *. now rewrite app_nth1 in G.
Qed.

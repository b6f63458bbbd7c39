(* The row `sigmoid` of the path table: the logistic function of time, normalised to the ends. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation ConditionalField ContinuityEquation AffinePaths PathEnds LogSNR.
Open Scope R_scope.

Definition logistic (z : R) : R := / (1 + exp (- z)).
Definition logistic_slope (z : R) : R := exp (- z) / ((1 + exp (- z)) * (1 + exp (- z))).
(* S(k/2) - S(-k/2) *)
Definition sigmoid_span (k : R) : R := logistic (k / 2) - logistic (- (k / 2)).
Definition sigmoid_alpha (k t : R) : R := (logistic (k * (t - 1 / 2)) - logistic (- (k / 2))) / sigmoid_span k.
Definition sigmoid_alpha_dot (k t : R) : R := k * logistic_slope (k * (t - 1 / 2)) / sigmoid_span k.

Definition SigmoidPath (k : R) : path :=
  Path (sigmoid_alpha k) (fun t => 1 - sigmoid_alpha k t) (sigmoid_alpha_dot k) (fun t => (1 - sigmoid_alpha k t) * - sigmoid_alpha_dot k t).

Lemma logistic_derive z : is_derive logistic z (logistic_slope z).
Proof. assert (P := exp_pos (- z)). unfold logistic, logistic_slope. auto_derive; [lra|]. field. lra. Qed.

Lemma logistic_increases x y : x < y -> logistic x < logistic y.
Proof.
  intros H. unfold logistic. assert (P := exp_pos (- y)). apply Rinv_lt_contravar.
  - apply Rmult_lt_0_compat; [lra|]. assert (Q := exp_pos (- x)). lra.
  - apply Rplus_lt_compat_l, exp_increasing. lra.
Qed.

Lemma sigmoid_span_pos k : 0 < k -> 0 < sigmoid_span k.
Proof. intros K. assert (L := logistic_increases (- (k / 2)) (k / 2) ltac:(lra)). unfold sigmoid_span. lra. Qed.

Lemma sigmoid_derive k t : 0 < k -> is_derive (sigmoid_alpha k) t (sigmoid_alpha_dot k t).
Proof.
  intros K. unfold sigmoid_alpha, sigmoid_alpha_dot, Rdiv. apply is_derive_times. eapply is_derive_eq.
  - apply (is_derive_minus (fun t => logistic (k * (t - 1 * / 2))) (fun _ => logistic (- (k * / 2)))).
    + apply (is_derive_comp logistic (fun t => k * (t - 1 * / 2))); [apply logistic_derive|]. instantiate (1 := k). auto_derive; [easy|ring].
    + apply (is_derive_const (logistic (- (k * / 2)))).
  - unfold scal, minus, plus, opp, zero; simpl. unfold mult; simpl. ring.
Qed.

Lemma sigmoid_below_one k t : 0 < k -> t < 1 -> sigmoid_alpha k t < 1.
Proof.
  intros K T. assert (S := sigmoid_span_pos k K). assert (L := logistic_increases (k * (t - 1 / 2)) (k / 2) ltac:(nra)).
  unfold sigmoid_alpha. apply Rmult_lt_reg_r with (sigmoid_span k); [exact S|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra.
  unfold sigmoid_span in *. lra.
Qed.

Lemma sigmoid_regular k t : 0 < k -> t < 1 -> regular (SigmoidPath k) t.
Proof.
  intros K T. assert (B := sigmoid_below_one k t K T). unfold SigmoidPath.
  apply (regular_direct (sigmoid_alpha k) (sigmoid_alpha_dot k) (fun t => 1 - sigmoid_alpha k t) _ t (- sigmoid_alpha_dot k t)).
  - now apply sigmoid_derive.
  - eapply is_derive_eq.
    + apply (is_derive_minus (fun _ => 1) (sigmoid_alpha k)); [apply (is_derive_const 1)|now apply sigmoid_derive].
    + unfold minus, plus, opp, zero; simpl. ring.
  - lra.
  - ring.
Qed.

(* alpha = (S(k (t - 1/2)) - S(-k/2))/(S(k/2) - S(-k/2)), sigma = 1 - alpha. *)
Theorem sigmoid_path_generates k t : 0 < k -> 0 <= t < 1 -> generates_its_path (SigmoidPath k) t.
Proof. intros K T. apply regular_path_generates, sigmoid_regular; [exact K|lra]. Qed.

(* It begins at the noise and ends at the data. *)
Theorem sigmoid_from_noise_to_data k : 0 < k -> carries_noise_to_data (SigmoidPath k).
Proof.
  intros K. assert (S := sigmoid_span_pos k K).
  assert (A0 : sigmoid_alpha k 0 = 0).
  { unfold sigmoid_alpha. replace (k * (0 - 1 / 2)) with (- (k / 2)) by field. unfold Rdiv at 1. ring. }
  assert (A1 : sigmoid_alpha k 1 = 1).
  { unfold sigmoid_alpha. replace (k * (1 - 1 / 2)) with (k / 2) by field. unfold sigmoid_span in *. field. lra. }
  assert (D : ex_derive (sigmoid_alpha k) 1) by (eexists; now apply sigmoid_derive).
  split; [|split; [exact A0|simpl; rewrite A0; ring]]. exists (-1). split; [lra|]. split; [lra|]. split; [|split].
  - intros t Ht. apply sigmoid_regular; [exact K|lra].
  - now apply smooth_left_limit.
  - apply (smooth_left_limit (fun t => 1 - sigmoid_alpha k t)); [|rewrite A1; ring].
    apply (ex_derive_minus (V := R_NormedModule) (fun _ => 1) (sigmoid_alpha k)); [apply ex_derive_const|exact D].
Qed.

(* Its log-SNR increases: det = alpha' (sigma + alpha) = alpha' > 0. *)
Theorem sigmoid_log_snr_increases k : 0 < k -> snr_increases (SigmoidPath k).
Proof.
  intros K. apply increases_by. intros t Ht. assert (S := sigmoid_span_pos k K).
  assert (D0 : 0 < sigmoid_alpha_dot k t).
  { unfold sigmoid_alpha_dot, logistic_slope. apply Rdiv_lt_0_compat; [|exact S]. apply Rmult_lt_0_compat; [exact K|].
    assert (P := exp_pos (- (k * (t - 1 / 2)))). apply Rdiv_lt_0_compat; [exact P|]. apply Rmult_lt_0_compat; lra. }
  assert (B := sigmoid_below_one k t K ltac:(lra)).
  assert (A : 0 < sigmoid_alpha k t).
  { unfold sigmoid_alpha. apply Rdiv_lt_0_compat; [|exact S].
    assert (L := logistic_increases (- (k / 2)) (k * (t - 1 / 2)) ltac:(nra)). lra. }
  split; [apply sigmoid_regular; lra|]. split; [exact A|]. unfold det, sigmaDot; simpl.
  replace (sigmoid_alpha_dot k t * (1 - sigmoid_alpha k t)
    - sigmoid_alpha k t * ((1 - sigmoid_alpha k t) * - sigmoid_alpha_dot k t / (1 - sigmoid_alpha k t))) with (sigmoid_alpha_dot k t); [exact D0|].
  field. lra.
Qed.

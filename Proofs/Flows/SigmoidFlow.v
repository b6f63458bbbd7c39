(* The row `sigmoid` is smooth, as the other rows are (`rows_are_smooth`): what the flow in R^d asks of a path. *)
Require Import Reals Psatz.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation AffinePaths SigmoidRow MixtureFlow.
Open Scope R_scope.

(* Regular, with continuous derivatives, from t = 0 to any T < 1. *)
Theorem sigmoid_is_smooth k T : 0 < k -> 0 <= T < 1 -> smooth_path (SigmoidPath k) 0 T.
Proof.
  intros K HT t Ht. assert (S := sigmoid_span_pos k K). assert (D : ex_derive (sigmoid_alpha_dot k) t).
  { assert (P := exp_pos (- (k * (t - 1 / 2)))). unfold sigmoid_alpha_dot, logistic_slope, Rdiv.
    auto_derive. match goal with |- context [exp ?e] => assert (Q := exp_pos e); set (z := exp e) in * end.
    assert (0 < (1 + z) * (1 + z)) by (apply Rmult_lt_0_compat; lra). repeat split; lra. }
  split; [apply sigmoid_regular; lra|]. split.
  - now apply (ex_derive_continuous (V := R_NormedModule) (sigmoid_alpha_dot k)).
  - apply (ex_derive_continuous (V := R_NormedModule) (fun t => (1 - sigmoid_alpha k t) * - sigmoid_alpha_dot k t)).
    apply (ex_derive_mult (fun t => 1 - sigmoid_alpha k t) (fun t => - sigmoid_alpha_dot k t)).
    + apply (ex_derive_minus (V := R_NormedModule) (fun _ => 1) (sigmoid_alpha k)); [apply ex_derive_const|]. eexists. now apply sigmoid_derive.
    + now apply (ex_derive_opp (V := R_NormedModule) (sigmoid_alpha_dot k)).
Qed.

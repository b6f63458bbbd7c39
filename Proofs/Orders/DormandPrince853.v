(* Dormand-Prince 8(5,3) over all rooted trees with at most eight nodes: one computation with numbers of
   several hundred digits, about 20 seconds. *)
Require Import ZArith List Lia.
From FlowProofs Require Import RootedTrees Numbers.
Open Scope Z_scope.

(* Dormand-Prince 8(5,3), coefficients to 30 digits: residuals at most 1e-24 up to order 8. *)
Theorem dormand_prince853_order : has_order_within dormand_prince853 8 (10 ^ 24).
Proof. apply order_within_by_computation. vm_cast_no_check (eq_refl true). Qed.
(* Its embedded methods: orders 5 and 3 within 1e-24. *)
Theorem dormand_prince853_embedded_order :
  has_order_within dormand_prince853_embedded 5 (10 ^ 24) /\
  has_order_within dormand_prince853_embedded3 3 (10 ^ 24).
Proof. split; apply order_within_by_computation; vm_compute; reflexivity. Qed.

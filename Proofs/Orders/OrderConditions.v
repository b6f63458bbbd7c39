(* The order of every method that the library offers, by exact computation over all rooted trees. *)
Require Import ZArith List Lia.
From FlowProofs Require Import RootedTrees Numbers.
Import ListNotations.
Open Scope Z_scope.

Ltac exact_order := split; [apply order_by_computation; vm_compute; reflexivity|].
Ltac sharp n := apply (not_order_by_tree _ _ (bush n)); [vm_compute; lia|vm_compute; discriminate].

(* Euler has order 1 and not 2. *)
Theorem euler_order : has_order euler 1 /\ ~ has_order euler 2.
Proof. exact_order. sharp 1%nat. Qed.

(* The midpoint rule has order 2 and not 3. *)
Theorem midpoint_order : has_order midpoint 2 /\ ~ has_order midpoint 3.
Proof. exact_order. sharp 2%nat. Qed.

(* Heun's method has order 2 and not 3. *)
Theorem heun_order : has_order heun 2 /\ ~ has_order heun 3.
Proof. exact_order. sharp 2%nat. Qed.
(* Its embedded method is Euler's. *)
Theorem heun_embedded_order : has_order heun_embedded 1 /\ ~ has_order heun_embedded 2.
Proof. exact_order. sharp 1%nat. Qed.

(* The classical method of Kutta has order 4 and not 5. *)
Theorem rk4_order : has_order rk4 4 /\ ~ has_order rk4 5.
Proof. exact_order. sharp 4%nat. Qed.

(* Bogacki-Shampine 3(2). *)
Theorem bogacki_shampine_order : has_order bogacki_shampine32 3 /\ ~ has_order bogacki_shampine32 4.
Proof. exact_order. sharp 3%nat. Qed.
(* Its embedded method has order 2 and not 3. *)
Theorem bogacki_shampine_embedded_order :
  has_order bogacki_shampine32_embedded 2 /\ ~ has_order bogacki_shampine32_embedded 3.
Proof. exact_order. sharp 2%nat. Qed.

(* Dormand-Prince 5(4). *)
Theorem dormand_prince_order : has_order dormand_prince54 5 /\ ~ has_order dormand_prince54 6.
Proof. exact_order. sharp 5%nat. Qed.
(* Its embedded method has order 4 and not 5. *)
Theorem dormand_prince_embedded_order :
  has_order dormand_prince54_embedded 4 /\ ~ has_order dormand_prince54_embedded 5.
Proof. exact_order. sharp 4%nat. Qed.

(* Tsitouras 5(4), coefficients rounded to 16 or 17 digits: every residual is at most 1e-13. *)
Theorem tsitouras_order : has_order_within tsitouras54 5 (10 ^ 13).
Proof. apply order_within_by_computation. vm_compute. reflexivity. Qed.
(* Its embedded method: order 4 within 1e-13. *)
Theorem tsitouras_embedded_order : has_order_within tsitouras54_embedded 4 (10 ^ 13).
Proof. apply order_within_by_computation. vm_compute. reflexivity. Qed.

(* c_i = sum_j a_ij for every method. *)
Theorem nodes_consistent :
  Forall (fun m => forall scale, nodes_are_row_sums m scale)
    [euler; midpoint; heun; rk4; bogacki_shampine32; dormand_prince54] /\
  nodes_are_row_sums tsitouras54 (10 ^ 15) /\ nodes_are_row_sums dormand_prince853 (10 ^ 26).
Proof.
  refine (conj _ (conj _ _)); try (apply nodes_by_computation; vm_compute; reflexivity).
  repeat constructor; intros; vm_compute; try discriminate; now destruct scale.
Qed.

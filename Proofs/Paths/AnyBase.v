(* Straight lines from any base distribution with a differentiable density: nothing here is Gaussian. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives ContinuityEquation MarginalField.
Open Scope R_scope.

(* x_t = (1 - t) x0 + t x1 with x0 of density base: the density of x_t for a given x1, and its velocity (x1 - x)/(1 - t). *)
Definition line_start (x1 : vec) (t : R) (x : vec) : vec := fun i => (x i - t * x1 i) / (1 - t).
Definition from_any_base d (base : vec -> R) (x1 : vec) (t : R) (x : vec) : R := base (line_start x1 t x) / (1 - t) ^ d.
Definition towards (x1 : vec) (t : R) (x : vec) : vec := fun i => (x1 i - x i) / (1 - t).

(* At x_t the velocity is x1 - x0. *)
Lemma towards_on_the_line x0 x1 t i : t < 1 -> towards x1 t (fun j => (1 - t) * x0 j + t * x1 j) i = x1 i - x0 i.
Proof. intros Ht. unfold towards. field. lra. Qed.

(* d/dt p_t(x|x1) + div (p_t(x|x1) (x1 - x)/(1 - t)) = 0 wherever the base density is differentiable. *)
Theorem any_base_path_generates d base x1 t x : t < 1 -> ex_diff_at d (fun _ y => base y) 0 (line_start x1 t x) ->
  continuity d (from_any_base d base x1) (towards x1) t x.
Proof.
  intros Ht (bt & bx & D). set (r := 1 - t). assert (R0 : r <> 0) by (unfold r; lra). set (z := line_start x1 t x) in *.
  assert (P0 : r ^ d <> 0) by now apply pow_nonzero.
  (* d/dt of the start of the line through x *)
  assert (DZ : forall i, (i < d)%nat -> is_derive (fun s => line_start x1 s x i) t ((x i - x1 i) / (r * r))).
  { intros i _. unfold line_start. auto_derive; [fold r; lra|]. fold r. unfold r. field. unfold r in R0. lra. }
  assert (DB : is_derive (fun s => base (line_start x1 s x)) t (dot d bx (fun i => (x i - x1 i) / (r * r)))).
  { assert (Dt : diff_at d (fun _ y => base y) t (line_start x1 t x) 0 bx).
    { intros eps. destruct (D eps) as (del & H). exists del. intros s y Hs Hy. fold z.
      assert (Q := H 0 y ltac:(rewrite Rminus_0_r, Rabs_R0; apply cond_pos) Hy). rewrite Rminus_0_r, Rmult_0_r, Rabs_R0, Rplus_0_l, Rplus_0_l in Q.
      rewrite Rmult_0_l, Rplus_0_l. eapply Rle_trans; [exact Q|]. apply Rmult_le_compat_l; [left; apply cond_pos|].
      assert (A := Rabs_pos (s - t)). lra. }
    eapply is_derive_eq; [exact (chain_rule d (fun _ y => base y) t (fun s => line_start x1 s x) (fun i => (x i - x1 i) / (r * r)) 0 bx Dt DZ)|ring]. }
  assert (DP : is_derive (fun s => / (1 - s) ^ d) t (INR d / (r ^ d * r))).
  { assert (E : is_derive (fun s => (1 - s) ^ d) t (- (INR d * r ^ pred d))).
    { eapply is_derive_eq; [apply (is_derive_pow (fun s => 1 - s) d t (-1)); auto_derive; [easy|ring]|]. fold r. ring. }
    eapply is_derive_eq; [apply (is_derive_inv (fun s => (1 - s) ^ d) t _ E); exact P0|]. fold r.
    destruct d as [|k]; [simpl; field; exact R0|]. simpl pred. replace (r ^ S k) with (r * r ^ k) by reflexivity.
    assert (K0 : r ^ k <> 0) by now apply pow_nonzero. field. now split. }
  exists (dot d bx (fun i => (x i - x1 i) / (r * r)) / r ^ d + base z * (INR d / (r ^ d * r))).
  exists (fun i => bx i / r / r ^ d * ((x1 i - x i) / r) - base z / r ^ d / r). split; [|split].
  - exact (is_derive_product (fun s => base (line_start x1 s x)) (fun s => / (1 - s) ^ d) t _ _ DB DP).
  - intros i Hi. unfold from_any_base, towards. fold r.
    assert (DX : is_derive (fun y => base (line_start x1 t (upd x i y))) (x i) (bx i / r)).
    { assert (Dx := diff_at_dx d (fun _ y => base y) 0 z bt bx i Hi D).
      apply is_derive_ext with (fun y => base (upd z i ((y - t * x1 i) / r))).
      - intros y. f_equal. apply functional_extensionality. intros j. unfold z, line_start, upd. fold r.
        now destruct (Nat.eqb_spec j i) as [->|].
      - eapply is_derive_eq.
        + apply (is_derive_comp (fun h => base (upd z i h)) (fun y => (y - t * x1 i) / r)); [exact Dx|].
          instantiate (1 := / r). auto_derive; [easy|]. field. exact R0.
        + unfold scal; simpl; unfold mult; simpl. field. exact R0. }
    apply is_derive_ext with (fun y => base (line_start x1 t (upd x i y)) * ((x1 i - y) / r / r ^ d)).
    + intros y. rewrite upd_same. unfold Rdiv. real_ring.
    + eapply is_derive_eq.
      * apply is_derive_product; [exact DX|]. instantiate (1 := - (/ r / r ^ d)). auto_derive; [easy|]. field. now split.
      * cbv beta. rewrite upd_id. fold z. field. now split.
  - assert (S : sumn d (fun i => bx i / r / r ^ d * ((x1 i - x i) / r) - base z / r ^ d / r)
      = - (dot d bx (fun i => (x i - x1 i) / (r * r)) / r ^ d) - INR d * (base z / r ^ d / r)).
    { rewrite sumn_minus. f_equal.
      - unfold dot, Rdiv. rewrite (Rmult_comm (sumn d _)), <- sumn_scal, <- sumn_opp. apply sumn_ext. intros i _. field. now split.
      - assert (C : forall c, sumn d (fun _ => c) = INR d * c).
        { intros c. clear. induction d as [|k IH]; [simpl; ring|]. rewrite S_INR. simpl sumn. rewrite IH. ring. }
        apply C. }
    rewrite S. field. now split.
Qed.

(* ... and the average over finitely many data points, each with its share of the lines: LM Theorem 1 with any base. *)
Theorem any_base_marginal_generates d n (q : nat -> R) base (data : nat -> vec) t x : t < 1 ->
  (forall k, (k < n)%nat -> 0 <= q k) -> (exists k, (k < n)%nat /\ 0 < q k) -> (forall y, 0 < base y) ->
  (forall y, ex_diff_at d (fun _ y => base y) 0 y) ->
  continuity d (marginal_density n q (fun k => from_any_base d base (data k)))
    (marginal_velocity n q (fun k => from_any_base d base (data k)) (fun k => towards (data k))) t x.
Proof.
  intros Ht Hq (k0 & Hk0 & P0) B D. assert (R0 : 0 < (1 - t) ^ d) by (apply pow_lt; lra).
  apply marginal_velocity_generates.
  - intros k _. now apply any_base_path_generates.
  - intros i _. apply filter_forall. intros y. apply Rgt_not_eq. unfold marginal_density. apply (sumn_pos n _ k0); [|easy|].
    + intros k Hk. apply Rmult_le_pos; [auto|]. left. now apply Rdiv_lt_0_compat.
    + apply Rmult_lt_0_compat; [exact P0|]. now apply Rdiv_lt_0_compat.
Qed.

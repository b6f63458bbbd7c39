(* What the integer weights mean: the order conditions in the real numbers, for the coefficients
   a_ij = A_ij/den and b_i = B_i/den. *)
Require Import Reals ZArith List Lia Psatz.
From FlowProofs Require Import RootedTrees.
Import ListNotations.
Open Scope R_scope.

Definition coefficient (m : tableau) (z : Z) : R := IZR z / IZR (den m).

Fixpoint rdot (u v : list R) : R :=
  match u, v with x :: u', y :: v' => x * y + rdot u' v' | _, _ => 0 end.

(* phi_i(node ts) = product over the children c of sum_j a_ij phi_j(c). *)
Fixpoint phi (m : tableau) (t : tree) : list R :=
  match t with
  | node ts =>
      fold_right (fun c v => map (fun p => fst p * snd p)
                    (combine (map (fun row => rdot (map (coefficient m) row) (phi m c)) (rows m)) v))
                 (repeat 1 (length (rows m))) ts
  end.

Section Meaning.
Variable m : tableau.
Hypothesis Hden : (den m <> 0)%Z.
Let D := IZR (den m).

Lemma D_nonzero : D <> 0.
Proof. apply not_0_IZR, Hden. Qed.

Lemma rdot_scaled u v n :
  rdot (map (coefficient m) u) (map (fun z => IZR z / D ^ n) v) = IZR (dot u v) / D ^ S n.
Proof.
  assert (H := D_nonzero). assert (HP := pow_nonzero D n H). revert v. induction u; intros v; simpl.
  - unfold Rdiv. now rewrite Rmult_0_l.
  - destruct v as [|z v]; simpl; [unfold Rdiv; now rewrite Rmult_0_l|].
    rewrite IHu, plus_IZR, mult_IZR. unfold coefficient. fold D. simpl. field. auto.
Qed.

Fixpoint tree_induction (P : tree -> Prop) (step : forall ts, Forall P ts -> P (node ts)) (t : tree) : P t :=
  match t with
  | node ts => step ts ((fix all (l : list tree) : Forall P l :=
      match l with [] => Forall_nil P | c :: l' => Forall_cons c (tree_induction P step c) (all l') end) ts)
  end.

Lemma combine_scaled (u v : list Z) a b :
  map (fun p => fst p * snd p) (combine (map (fun z => IZR z / D ^ a) u) (map (fun z => IZR z / D ^ b) v))
  = map (fun z => IZR z / D ^ (a + b)) (map (fun p => (fst p * snd p)%Z) (combine u v)).
Proof.
  assert (H := D_nonzero). revert v. induction u; intros [|z v]; simpl; try easy. rewrite IHu. f_equal.
  rewrite mult_IZR, pow_add. field. split; now apply pow_nonzero.
Qed.

Lemma phi_scaled t : phi m t = map (fun z => IZR z / D ^ (size t - 1)) (stage_weights m t).
Proof.
  induction t as [ts IH] using tree_induction. simpl size. replace (S (list_sum (map size ts)) - 1)%nat with (list_sum (map size ts)) by lia.
  simpl. induction IH as [|c ts Hc _ IHl].
  - simpl. induction (length (rows m)); simpl; [easy|]. rewrite <- IHn. f_equal. field.
  - simpl. rewrite IHl.
    replace (map (fun row => rdot (map (coefficient m) row) (phi m c)) (rows m))
      with (map (fun z => IZR z / D ^ size c) (apply_rows m (stage_weights m c))).
    + apply combine_scaled.
    + unfold apply_rows. rewrite map_map. apply map_ext. intros row. rewrite Hc, rdot_scaled.
      destruct c as [cs]. simpl size. do 3 f_equal. lia.
Qed.

Lemma residual_in_the_reals t :
  rdot (map (coefficient m) (weights m)) (phi m t) * IZR (gamma t) - 1 = IZR (residual m t) / D ^ size t.
Proof.
  assert (H := D_nonzero). rewrite phi_scaled, rdot_scaled. destruct t as [ts].
  assert (S1 : S (size (node ts) - 1) = size (node ts)) by (simpl; lia). rewrite S1.
  assert (HP := pow_nonzero D (size (node ts)) H).
  unfold residual, tree_weight. rewrite minus_IZR, mult_IZR, <- pow_IZR. fold D. field. exact HP.
Qed.

(* sum_i b_i phi_i(t) = 1/gamma(t), the order condition as written in the books. *)
Theorem order_condition_in_the_reals p t : has_order m p -> (size t <= p)%nat ->
  rdot (map (coefficient m) (weights m)) (phi m t) * IZR (gamma t) = 1.
Proof.
  intros O Ht. assert (E := residual_in_the_reals t). rewrite (O t Ht) in E. unfold Rdiv in E.
  rewrite Rmult_0_l in E. lra.
Qed.

(* |gamma(t) sum_i b_i phi_i(t) - 1| <= 1/scale, for tableaux of rounded coefficients. *)
Theorem order_condition_within_in_the_reals p scale t : (0 < den m)%Z -> (0 < scale)%Z ->
  has_order_within m p scale -> (size t <= p)%nat ->
  Rabs (rdot (map (coefficient m) (weights m)) (phi m t) * IZR (gamma t) - 1) <= 1 / IZR scale.
Proof.
  intros D0 S0 O Ht. rewrite residual_in_the_reals.
  assert (P : 0 < D ^ size t) by (apply pow_lt, IZR_lt, D0).
  assert (Q : 0 < IZR scale) by apply IZR_lt, S0.
  assert (E := IZR_le _ _ (O t Ht)). rewrite mult_IZR, abs_IZR, <- pow_IZR in E. fold D in E.
  unfold Rdiv at 1. rewrite Rabs_mult, (Rabs_right (/ _)) by (apply Rle_ge, Rlt_le, Rinv_0_lt_compat, P).
  apply Rmult_le_reg_r with (D ^ size t * IZR scale); [now apply Rmult_lt_0_compat|].
  field_simplify; [|lra|lra]. lra.
Qed.
End Meaning.

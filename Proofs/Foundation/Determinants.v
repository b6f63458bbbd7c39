(* The determinant as the sum over permutations (Leibniz), that it is multiplicative, and that the pivots of elimination and
   the volume |det J| = sqrt(det(J^T J)) of the other files are this determinant. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums TotalDerivatives SymmetricMatrices FullGaussian Eigenbasis.
Open Scope R_scope.

Definition set_at (f : nat -> nat) (k v : nat) : nat -> nat := fun i => if Nat.eqb i k then v else f i.

(* the sum of F over all maps of {0, ..., n-1} to {0, ..., d-1} *)
Fixpoint sum_maps (n d : nat) (F : (nat -> nat) -> R) : R :=
  match n with O => F (fun i => i) | S k => sum_maps k d (fun f => sumn d (fun v => F (set_at f k v))) end.

(* 1, 0 or -1: whether a is below, at or above b *)
Definition order_sign (a b : nat) : R := if Nat.ltb a b then 1 else if Nat.ltb b a then -1 else 0.

(* Levi-Civita: 1 at the even permutations of {0, ..., n-1}, -1 at the odd ones, 0 at all other maps. *)
Fixpoint levi_civita (n : nat) (f : nat -> nat) : R :=
  match n with O => 1 | S k => levi_civita k f * prodn k (fun i => order_sign (f i) (f k)) end.

(* det A = sum over permutations f of sign(f) prod_i A_{i f(i)}: the maps that are no permutations add 0. *)
Definition determinant (d : nat) (A : mat) : R :=
  sum_maps d d (fun f => levi_civita d f * prodn d (fun i => A i (f i))).

Lemma set_same f k v : set_at f k v k = v.
Proof. unfold set_at. now rewrite Nat.eqb_refl. Qed.

Lemma set_other f k v i : i <> k -> set_at f k v i = f i.
Proof. intros H. unfold set_at. now rewrite (proj2 (Nat.eqb_neq i k) H). Qed.

Lemma sum_maps_ext n d : forall F G, (forall f, (forall i, (i < n)%nat -> (f i < d)%nat) -> F f = G f) ->
  sum_maps n d F = sum_maps n d G.
Proof.
  induction n; intros F G H; simpl; [apply H; lia|]. apply IHn. intros f Hf. apply sumn_ext. intros v Hv. apply H.
  intros i Hi. destruct (Nat.eq_dec i n) as [->|N]; [now rewrite set_same|]. rewrite set_other by easy. apply Hf. lia.
Qed.

Lemma sum_maps_scal n d c : forall F, sum_maps n d (fun f => c * F f) = c * sum_maps n d F.
Proof.
  induction n; intros F; simpl; [easy|]. rewrite <- IHn. apply sum_maps_ext. intros f _. now rewrite sumn_scal.
Qed.

Lemma sum_maps_sumn n d m : forall F : nat -> (nat -> nat) -> R,
  sum_maps n d (fun f => sumn m (fun k => F k f)) = sumn m (fun k => sum_maps n d (F k)).
Proof.
  induction n; intros F; simpl; [easy|].
  rewrite (sum_maps_ext n d _ (fun f => sumn m (fun k => sumn d (fun v => F k (set_at f n v))))); [apply IHn|].
  intros f _. apply sumn_swap.
Qed.

Lemma sum_maps_swap n d m e : forall F : (nat -> nat) -> (nat -> nat) -> R,
  sum_maps n d (fun f => sum_maps m e (F f)) = sum_maps m e (fun g => sum_maps n d (fun f => F f g)).
Proof.
  induction n; intros F; simpl; [easy|].
  rewrite <- (IHn (fun f g => sumn d (fun v => F (set_at f n v) g))). apply sum_maps_ext. intros f _.
  symmetry. apply sum_maps_sumn.
Qed.

(* A product of sums is the sum over all choices of a term from each. *)
Lemma product_of_sums n d (a : nat -> nat -> R) :
  prodn n (fun i => sumn d (a i)) = sum_maps n d (fun f => prodn n (fun i => a i (f i))).
Proof.
  induction n; simpl; [easy|]. rewrite IHn, Rmult_comm, <- sum_maps_scal. apply sum_maps_ext. intros f _.
  rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros v _. rewrite set_same. f_equal. apply prodn_ext. intros i Hi.
  now rewrite set_other by lia.
Qed.

Lemma prodn_mult n f g : prodn n (fun i => f i * g i) = prodn n f * prodn n g.
Proof. induction n; simpl; [ring|rewrite IHn; ring]. Qed.

(* ---------- neighbours exchanged ---------- *)
Definition exchange (k i : nat) : nat := if Nat.eqb i k then S k else if Nat.eqb i (S k) then k else i.

Lemma exchange_first k : exchange k k = S k.
Proof. unfold exchange. now rewrite Nat.eqb_refl. Qed.

Lemma exchange_second k : exchange k (S k) = k.
Proof. unfold exchange. rewrite (proj2 (Nat.eqb_neq (S k) k)) by lia. now rewrite Nat.eqb_refl. Qed.

Lemma exchange_other k i : i <> k -> i <> S k -> exchange k i = i.
Proof. intros H H'. unfold exchange. now rewrite (proj2 (Nat.eqb_neq i k) H), (proj2 (Nat.eqb_neq i (S k)) H'). Qed.

Lemma exchange_below k i d : (S k < d)%nat -> (i < d)%nat -> (exchange k i < d)%nat.
Proof. intros H Hi. unfold exchange. destruct (Nat.eqb_spec i k), (Nat.eqb_spec i (S k)); lia. Qed.

Lemma prodn_exchange n k g : (S k < n)%nat -> prodn n (fun i => g (exchange k i)) = prodn n g.
Proof.
  induction n; intros H; [lia|]. simpl. destruct (Nat.eq_dec n (S k)) as [->|N].
  - simpl. rewrite exchange_first, exchange_second, (prodn_ext k _ g); [ring|].
    intros i Hi. now rewrite exchange_other by lia.
  - rewrite IHn, exchange_other by lia. reflexivity.
Qed.

Lemma levi_civita_ext n f g : (forall i, (i < n)%nat -> f i = g i) -> levi_civita n f = levi_civita n g.
Proof.
  induction n; intros H; simpl; [easy|]. rewrite IHn by auto with arith. f_equal. apply prodn_ext. intros i Hi.
  now rewrite !H by lia.
Qed.

Lemma order_sign_opp a b : order_sign b a = - order_sign a b.
Proof. unfold order_sign. destruct (Nat.ltb_spec a b), (Nat.ltb_spec b a); lia || ring. Qed.

Lemma levi_civita_exchange n k f : (S k < n)%nat -> levi_civita n (fun i => f (exchange k i)) = - levi_civita n f.
Proof.
  induction n; intros H; [lia|]. simpl. destruct (Nat.eq_dec n (S k)) as [->|N].
  - simpl. rewrite exchange_first, exchange_second.
    assert (E : forall i, (i < k)%nat -> f (exchange k i) = f i) by (intros; now rewrite exchange_other by lia).
    rewrite (levi_civita_ext k _ f) by (intros; now apply E).
    rewrite (prodn_ext k (fun i => order_sign (f (exchange k i)) (f (S k))) (fun i => order_sign (f i) (f (S k))))
      by (intros; now rewrite E).
    rewrite (prodn_ext k (fun i => order_sign (f (exchange k i)) (f k)) (fun i => order_sign (f i) (f k)))
      by (intros; now rewrite E).
    rewrite (order_sign_opp (f k) (f (S k))). ring.
  - rewrite IHn, (exchange_other k n) by lia. rewrite (prodn_exchange n k (fun i => order_sign (f i) (f n))) by lia. ring.
Qed.

Lemma sum_maps_exchange n d k : (S k < n)%nat -> forall F, sum_maps n d (fun f => F (fun i => f (exchange k i))) = sum_maps n d F.
Proof.
  induction n; intros H F; [lia|]. simpl. destruct (Nat.eq_dec n (S k)) as [->|N].
  - simpl. apply sum_maps_ext. intros f _. rewrite sumn_swap. apply sumn_ext. intros u _. apply sumn_ext. intros v _.
    f_equal. apply functional_extensionality. intros i. unfold set_at, exchange.
    destruct (Nat.eqb_spec i k) as [->|]; [|destruct (Nat.eqb_spec i (S k)) as [->|]].
    + now rewrite Nat.eqb_refl, (proj2 (Nat.eqb_neq k (S k))) by lia.
    + now rewrite Nat.eqb_refl, (proj2 (Nat.eqb_neq k (S k))) by lia.
    + now rewrite (proj2 (Nat.eqb_neq i (S k))), (proj2 (Nat.eqb_neq i k)) by easy.
  - rewrite <- (IHn ltac:(lia) (fun f => sumn d (fun v => F (set_at f n v)))). apply sum_maps_ext. intros f _. apply sumn_ext.
    intros v _. f_equal. apply functional_extensionality. intros i. unfold set_at, exchange.
    destruct (Nat.eqb_spec i k) as [->|]; [|destruct (Nat.eqb_spec i (S k)) as [->|]]; try easy.
    + now rewrite (proj2 (Nat.eqb_neq (S k) n)), (proj2 (Nat.eqb_neq k n)) by lia.
    + now rewrite (proj2 (Nat.eqb_neq (S k) n)), (proj2 (Nat.eqb_neq k n)) by lia.
Qed.

(* ---------- alternating functions of maps are multiples of the sign ---------- *)
Fixpoint weighted_sum (n : nat) (g : nat -> nat) : nat := match n with O => O | S k => weighted_sum k g + k * g k end%nat.

Lemma weighted_sum_exchange n k g : (S k < n)%nat ->
  (weighted_sum n (fun i => g (exchange k i)) + g (S k) = weighted_sum n g + g k)%nat.
Proof.
  induction n; intros H; [lia|]. simpl. destruct (Nat.eq_dec n (S k)) as [->|N].
  - simpl. rewrite exchange_first, exchange_second.
    assert (E : weighted_sum k (fun i => g (exchange k i)) = weighted_sum k g).
    { assert (Q : forall m, (m <= k)%nat -> weighted_sum m (fun i => g (exchange k i)) = weighted_sum m g).
      { induction m; intros Hm; simpl; [easy|]. rewrite IHm, exchange_other by lia. reflexivity. }
      now apply Q. }
    rewrite E. ring.
  - rewrite exchange_other by lia. assert (I := IHn ltac:(lia)). lia.
Qed.

Lemma weighted_sum_bound n d g : (forall i, (i < n)%nat -> (g i < d)%nat) -> (n <= d)%nat -> (weighted_sum n g <= n * (d * d))%nat.
Proof.
  induction n; intros H L; simpl; [lia|]. assert (I := IHn ltac:(auto with arith) ltac:(lia)).
  assert (B := H n ltac:(lia)). assert (n * g n <= d * d)%nat by nia. lia.
Qed.

Lemma some_or_none (P : nat -> Prop) n : (exists k, (k < n)%nat /\ P k) \/ forall k, (k < n)%nat -> ~ P k.
Proof.
  induction n; [right; lia|]. destruct IHn as [(k & Hk & Q)|H].
  - left. exists k. split; [lia|easy].
  - destruct (Classical_Prop.classic (P n)) as [Q|Q]; [left; exists n; split; [lia|easy]|right]. intros k Hk. destruct (Nat.eq_dec k n) as [->|]; [easy|].
    apply H. lia.
Qed.

Lemma levi_civita_identity n : levi_civita n (fun i => i) = 1.
Proof.
  induction n; simpl; [easy|]. rewrite IHn, (prodn_ext n _ (fun _ => 1)).
  - clear IHn. induction n; simpl; [ring|]. rewrite Rmult_1_l in *. rewrite Rmult_1_r. exact IHn.
  - intros i Hi. unfold order_sign. now rewrite (proj2 (Nat.ltb_lt i n) Hi).
Qed.

Lemma alternating d (H : (nat -> nat) -> R) :
  (forall f g, (forall i, (i < d)%nat -> f i = g i) -> H f = H g) ->
  (forall k f, (S k < d)%nat -> H (fun i => f (exchange k i)) = - H f) ->
  forall g, (forall i, (i < d)%nat -> (g i < d)%nat) -> H g = levi_civita d g * H (fun i => i).
Proof.
  intros Ext Ex.
  assert (G : forall m g, (forall i, (i < d)%nat -> (g i < d)%nat) -> (d * (d * d) - weighted_sum d g <= m)%nat ->
    H g = levi_civita d g * H (fun i => i)).
  { induction m; intros g Hg Hm.
    all: destruct (some_or_none (fun k => S k < d /\ g (S k) < g k)%nat d) as [(k & _ & K & L)|None].
    1, 3: assert (W := weighted_sum_exchange d k g K);
      assert (B := weighted_sum_bound d d (fun i => g (exchange k i)) (fun i Hi => Hg _ (exchange_below k i d K Hi)) (le_n d));
      cbv beta in B.
    1: lia.
    1: { assert (I := IHm (fun i => g (exchange k i)) (fun i Hi => Hg _ (exchange_below k i d K Hi)) ltac:(lia)).
         rewrite Ex, levi_civita_exchange in I by easy. lra. }
    all: destruct (some_or_none (fun k => S k < d /\ g k = g (S k))%nat d) as [(k & _ & K & E)|Other].
    1, 3: assert (S1 : forall i, (i < d)%nat -> g (exchange k i) = g i) by
        (intros i Hi; unfold exchange; destruct (Nat.eqb_spec i k) as [->|]; [easy|];
         destruct (Nat.eqb_spec i (S k)) as [->|]; easy);
      assert (E1 := Ex k g K); assert (E2 := levi_civita_exchange d k g K);
      rewrite (Ext _ g S1) in E1; rewrite (levi_civita_ext d _ g S1) in E2;
      replace (H g) with 0 by lra; replace (levi_civita d g) with 0 by lra; ring.
    all: assert (Inc : forall k, (S k < d)%nat -> (g k < g (S k))%nat) by
        (intros k Hk; assert (A := None k ltac:(lia)); assert (B := Other k ltac:(lia)); lia);
      assert (Lo : forall i, (i < d)%nat -> (i <= g i)%nat) by
        (induction i; intros Hi; [lia|]; assert (A := IHi ltac:(lia)); assert (B := Inc i Hi); lia);
      assert (Hi : forall j, (j < d)%nat -> (g (d - 1 - j) <= d - 1 - j)%nat) by
        (induction j; intros Hj; [assert (A := Hg (d - 1 - 0)%nat ltac:(lia)); lia|];
         assert (A := IHj ltac:(lia)); assert (B := Inc (d - 1 - S j)%nat ltac:(lia));
         replace (S (d - 1 - S j)) with (d - 1 - j)%nat in B by lia; lia);
      assert (Id : forall i, (i < d)%nat -> g i = i) by
        (intros i H0; assert (A := Lo i H0); assert (B := Hi (d - 1 - i)%nat ltac:(lia));
         replace (d - 1 - (d - 1 - i))%nat with i in B by lia; lia);
      rewrite (Ext g (fun i => i) Id), (levi_civita_ext d g (fun i => i) Id), levi_civita_identity; ring. }
  intros g Hg. now apply (G (d * (d * d) - weighted_sum d g)%nat).
Qed.

(* Rows chosen by g: the determinant takes the sign of g. *)
Lemma rows_chosen d (B : mat) g : (forall i, (i < d)%nat -> (g i < d)%nat) ->
  determinant d (fun i j => B (g i) j) = levi_civita d g * determinant d B.
Proof.
  intros Hg. apply (alternating d (fun g => determinant d (fun i j => B (g i) j))); [| |exact Hg].
  - intros f h E. apply sum_maps_ext. intros e _. f_equal. apply prodn_ext. intros i Hi. now rewrite E.
  - intros k f Hk. unfold determinant. cbv beta.
    rewrite <- (sum_maps_exchange d d k Hk (fun e => levi_civita d e * prodn d (fun i => B (f (exchange k i)) (e i)))).
    rewrite (sum_maps_ext d d _ (fun e => (-1) * (levi_civita d e * prodn d (fun i => B (f i) (e i))))).
    + rewrite sum_maps_scal. ring.
    + intros e _. rewrite levi_civita_exchange by easy.
      rewrite (prodn_exchange d k (fun i => B (f i) (e i)) Hk). ring.
Qed.

Lemma determinant_ext d A B : (forall i j, (i < d)%nat -> (j < d)%nat -> A i j = B i j) -> determinant d A = determinant d B.
Proof. intros E. apply sum_maps_ext. intros f Hf. f_equal. apply prodn_ext. intros i Hi. apply E; auto. Qed.

(* det(A B) = det A det B. *)
Theorem determinant_of_a_product d A B : determinant d (product d A B) = determinant d A * determinant d B.
Proof.
  unfold determinant at 1, product.
  rewrite (sum_maps_ext d d _ (fun f => sum_maps d d (fun g => levi_civita d f * (prodn d (fun i => A i (g i)) * prodn d (fun i => B (g i) (f i)))))).
  - rewrite sum_maps_swap.
    rewrite (sum_maps_ext d d _ (fun g => determinant d B * (levi_civita d g * prodn d (fun i => A i (g i))))).
    + rewrite sum_maps_scal. fold (determinant d A). ring.
    + intros g Hg. rewrite (sum_maps_ext d d _ (fun f => prodn d (fun i => A i (g i)) * (levi_civita d f * prodn d (fun i => B (g i) (f i)))))
        by (intros; ring).
      rewrite sum_maps_scal. fold (determinant d (fun i j => B (g i) j)). rewrite rows_chosen by exact Hg. ring.
  - intros f _. rewrite sum_maps_scal, product_of_sums. f_equal. apply sum_maps_ext. intros g _. apply prodn_mult.
Qed.

Lemma sum_maps_pos n d F : (n <= d)%nat -> (forall f, 0 <= F f) -> 0 < F (fun i => i) -> 0 < sum_maps n d F.
Proof.
  revert F. induction n; intros F L P Q; simpl; [easy|]. apply IHn; [lia|intros; now apply sumn_nonneg|].
  apply (sumn_pos d _ n); [auto|lia|]. replace (set_at (fun i => i) n n) with (fun i : nat => i); [easy|].
  apply functional_extensionality. intros i. unfold set_at. now destruct (Nat.eqb_spec i n).
Qed.

(* det A^T = det A. *)
Theorem determinant_of_the_transpose d A : determinant d (fun i j => A j i) = determinant d A.
Proof.
  set (N := sum_maps d d (fun f => levi_civita d f * levi_civita d f)).
  assert (N0 : 0 < N).
  { apply sum_maps_pos; [easy|intros; apply Rle_0_sqr|]. rewrite levi_civita_identity. lra. }
  assert (W : forall B : mat, sum_maps d d (fun g => levi_civita d g * determinant d (fun i j => B (g i) j)) = N * determinant d B).
  { intros B. rewrite (sum_maps_ext d d _ (fun g => determinant d B * (levi_civita d g * levi_civita d g))).
    - rewrite sum_maps_scal. unfold N. ring.
    - intros g Hg. rewrite rows_chosen by exact Hg. ring. }
  assert (E : N * determinant d (fun i j => A j i) = N * determinant d A).
  { rewrite <- !W. unfold determinant.
    rewrite (sum_maps_ext d d _ (fun g => sum_maps d d (fun f => levi_civita d g * (levi_civita d f * prodn d (fun i => A (f i) (g i))))))
      by (intros; now rewrite sum_maps_scal).
    rewrite sum_maps_swap. apply sum_maps_ext. intros f _. rewrite <- sum_maps_scal. apply sum_maps_ext. intros g _. ring. }
  apply Rmult_eq_reg_l in E; [easy|lra].
Qed.

(* ---------- elimination ---------- *)
Lemma maps_below n d : forall F, (forall f i, (i < n)%nat -> f i = d -> F f = 0) -> sum_maps n (S d) F = sum_maps n d F.
Proof.
  induction n; intros F H; [easy|]. change (sum_maps n (S d) (fun f => sumn (S d) (fun v => F (set_at f n v))) = sum_maps n d (fun f => sumn d (fun v => F (set_at f n v)))).
  rewrite (sum_maps_ext n (S d) _ (fun f => sumn d (fun v => F (set_at f n v)))).
  - apply IHn. intros f i Hi E. rewrite (sumn_ext d _ (fun _ => 0)), sumn_zero; [easy|]. intros v _.
    apply (H _ i); [lia|]. now rewrite set_other by lia.
  - intros f _. simpl. rewrite (H (set_at f n d) n); [ring|lia|apply set_same].
Qed.

Lemma prodn_zero n f i : (i < n)%nat -> f i = 0 -> prodn n f = 0.
Proof.
  induction n; intros Hi E; [lia|]. simpl. destruct (Nat.eq_dec i n) as [->|]; [rewrite E; ring|]. rewrite IHn by (easy || lia). ring.
Qed.

Lemma prodn_one n : prodn n (fun _ => 1) = 1.
Proof. induction n; simpl; [easy|]. rewrite IHn. ring. Qed.

Lemma last_row d M : (forall v, (v < d)%nat -> M d v = 0) -> determinant (S d) M = M d d * determinant d M.
Proof.
  intros Z. unfold determinant at 1. simpl sum_maps.
  rewrite (sum_maps_ext d (S d) _ (fun f => M d d * (levi_civita d f * prodn d (fun i => order_sign (f i) d) * prodn d (fun i => M i (f i))))).
  - rewrite sum_maps_scal. f_equal. rewrite maps_below.
    + apply sum_maps_ext. intros f Hf. rewrite (prodn_ext d _ (fun _ => 1)), prodn_one; [ring|]. intros i Hi.
      unfold order_sign. now rewrite (proj2 (Nat.ltb_lt (f i) d) (Hf i Hi)).
    + intros f i Hi E. rewrite (prodn_zero d (fun i => order_sign (f i) d) i Hi); [ring|]. rewrite E. unfold order_sign.
      now rewrite Nat.ltb_irrefl.
  - intros f _.
    assert (T : forall v, levi_civita (S d) (set_at f d v) * prodn (S d) (fun i => M i (set_at f d v i))
      = M d v * (levi_civita d f * prodn d (fun i => order_sign (f i) v) * prodn d (fun i => M i (f i)))).
    { intros v. simpl. rewrite !set_same, (levi_civita_ext d _ f) by (intros; now rewrite set_other by lia).
      rewrite (prodn_ext d (fun i => order_sign (set_at f d v i) v) (fun i => order_sign (f i) v)) by (intros; now rewrite set_other by lia).
      rewrite (prodn_ext d (fun i => M i (set_at f d v i)) (fun i => M i (f i))) by (intros; now rewrite set_other by lia). ring. }
    change (sumn d (fun v => levi_civita (S d) (set_at f d v) * prodn (S d) (fun i => M i (set_at f d v i)))
      + levi_civita (S d) (set_at f d d) * prodn (S d) (fun i => M i (set_at f d d i))
      = M d d * (levi_civita d f * prodn d (fun i => order_sign (f i) d) * prodn d (fun i => M i (f i)))).
    rewrite T, (sumn_ext d _ (fun _ => 0)), sumn_zero; [ring|]. intros v Hv. rewrite T, Z by exact Hv. ring.
Qed.

Lemma determinant_identity d : determinant d kronecker = 1.
Proof.
  induction d; [unfold determinant; simpl; ring|]. rewrite last_row, IHd, kronecker_same; [ring|].
  intros v Hv. unfold kronecker. now rewrite (proj2 (Nat.eqb_neq d v)) by lia.
Qed.

(* One step of elimination: det A = A_dd det(A - A_.d A_d./A_dd). *)
Lemma determinant_schur d A : A d d <> 0 -> determinant (S d) A = A d d * determinant d (schur d A).
Proof.
  intros H. set (c := A d d) in *.
  set (P := fun i j => if Nat.eqb i d then (if Nat.eqb j d then c else 0) else if Nat.eqb j d then A i d else schur d A i j).
  set (Q := fun i j => if Nat.eqb i d then (if Nat.eqb j d then 1 else A d j / c) else kronecker i j).
  assert (N : forall k, (k < d)%nat -> Nat.eqb k d = false) by (intros; apply Nat.eqb_neq; lia).
  assert (D : forall i j, (i < S d)%nat -> (j < S d)%nat -> A i j = product (S d) P Q i j).
  { intros i j Hi Hj. unfold product. simpl.
    assert (E : forall f : nat -> R, sumn d (fun k => f k * Q k j) = if Nat.eqb j d then 0 else f j).
    { intros f. destruct (Nat.eqb_spec j d) as [->|Nj].
      - rewrite (sumn_ext d _ (fun _ => 0)), sumn_zero; [easy|]. intros k Hk. unfold Q, kronecker. rewrite N by exact Hk. ring.
      - rewrite <- (sumn_kronecker d j f) by lia. apply sumn_ext. intros k Hk. unfold Q. rewrite N, kronecker_sym by exact Hk. ring. }
    rewrite E. unfold P, Q. rewrite Nat.eqb_refl. destruct (Nat.eqb_spec i d) as [->|Ni], (Nat.eqb_spec j d) as [->|Nj].
    - fold c. ring.
    - field. exact H.
    - ring.
    - unfold schur. fold c. field. exact H. }
  rewrite (determinant_ext (S d) A _ D), determinant_of_a_product.
  rewrite (last_row d P) by (intros v Hv; unfold P; now rewrite Nat.eqb_refl, N by exact Hv).
  rewrite <- (determinant_of_the_transpose (S d) Q).
  rewrite last_row.
  - rewrite (determinant_ext d P (schur d A)), (determinant_ext d (fun i j => Q j i) kronecker), determinant_identity.
    + unfold P, Q. rewrite Nat.eqb_refl. ring.
    + intros i j Hi Hj. unfold Q. rewrite N by exact Hj. apply kronecker_sym.
    + intros i j Hi Hj. unfold P. now rewrite !N.
  - intros v Hv. unfold Q, kronecker. now rewrite N by exact Hv.
Qed.

(* The logarithm of the pivots' product, of which the other files speak, is log det. *)
Theorem determinant_by_elimination d : forall A, symmetric A -> positive d A ->
  0 < determinant d A /\ log_determinant d A = ln (determinant d A).
Proof.
  induction d; intros A S P.
  - unfold determinant. simpl. rewrite Rmult_1_r, ln_1. split; [lra|easy].
  - assert (c0 := positive_pivot d A S P). destruct (IHd _ (schur_symmetric d A S) (schur_positive d A S P)) as (D0 & L).
    rewrite determinant_schur by lra. split; [now apply Rmult_lt_0_compat|]. simpl. rewrite L, ln_mult; easy.
Qed.

Lemma gram_positive d J K : (forall i j, (i < d)%nat -> (j < d)%nat -> product d K J i j = kronecker i j) ->
  positive d (fun i j => sumn d (fun k => J k i * J k j)).
Proof.
  intros L x (i & Hi & Hx). set (y := apply_matrix d J x).
  assert (E : quadratic d (fun i j => sumn d (fun k => J k i * J k j)) x = sumn d (fun k => y k * y k)).
  { unfold quadratic, apply_matrix.
    rewrite (sumn_ext d _ (fun i => sumn d (fun k => y k * (J k i * x i)))).
    - rewrite sumn_swap. apply sumn_ext. intros k _. now rewrite sumn_scal.
    - intros a _. rewrite <- sumn_scal. rewrite (sumn_ext d _ (fun b => sumn d (fun k => J k a * x a * (J k b * x b)))).
      + rewrite sumn_swap. apply sumn_ext. intros k _. rewrite sumn_scal. unfold y, apply_matrix. ring.
      + intros b _. rewrite (Rmult_comm (sumn d _)), <- !sumn_scal. apply sumn_ext. intros; ring. }
  assert (X : x i = sumn d (fun k => K i k * y k)).
  { rewrite <- (sumn_kronecker d i x Hi). unfold y, apply_matrix.
    rewrite (sumn_ext d (fun k => K i k * _) (fun k => sumn d (fun j => K i k * J k j * x j))).
    - rewrite sumn_swap. apply sumn_ext. intros j Hj. rewrite <- (L i j Hi Hj). unfold product.
      rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
    - intros k _. rewrite <- sumn_scal. apply sumn_ext. intros; ring. }
  rewrite E. destruct (some_or_none (fun k => y k <> 0) d) as [(k & Hk & Yk)|Z].
  - apply (sumn_pos d _ k); [intros; apply Rle_0_sqr|exact Hk|]. now apply Rsqr_pos_lt.
  - exfalso. apply Hx. rewrite X, (sumn_ext d _ (fun _ => 0)), sumn_zero; [easy|]. intros k Hk.
    destruct (Req_dec (y k) 0) as [H|H]; [rewrite H; ring|]. now apply Z in Hk.
Qed.

(* log(det(J^T J))/2 = log |det J| for an invertible J: the volume of `jacobi_formula` and `liouville`. *)
Theorem volume_is_the_determinant d J K :
  (forall i j, (i < d)%nat -> (j < d)%nat -> product d K J i j = kronecker i j) ->
  determinant d J <> 0 /\
  / 2 * log_determinant d (fun i j => sumn d (fun k => J k i * J k j)) = ln (Rabs (determinant d J)).
Proof.
  intros L. set (G := fun i j => sumn d (fun k => J k i * J k j)).
  assert (N : determinant d J <> 0).
  { intros Z. assert (E := determinant_of_a_product d K J). rewrite Z, Rmult_0_r in E.
    rewrite (determinant_ext d _ kronecker L), determinant_identity in E. lra. }
  split; [exact N|]. destruct (determinant_by_elimination d G) as (_ & ->).
  - intros i j. apply sumn_ext. intros; ring.
  - now apply (gram_positive d J K).
  - change G with (product d (fun i k => J k i) J). rewrite determinant_of_a_product, determinant_of_the_transpose.
    assert (P := Rabs_pos_lt _ N).
    replace (determinant d J * determinant d J) with (Rabs (determinant d J) * Rabs (determinant d J))
      by (rewrite <- Rabs_mult; apply Rabs_right, Rle_ge, Rle_0_sqr).
    rewrite ln_mult by easy. field.
Qed.

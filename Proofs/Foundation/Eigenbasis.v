(* Covariances given by their eigenvectors, as the library stores them, and Jacobi's formula for the volume
   of a general matrix through its Gram determinant. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives Gaussian SymmetricMatrices
  MatrixDerivatives FullGaussian.
Open Scope R_scope.

Lemma product_assoc d A B C i j : product d (product d A B) C i j = product d A (product d B C) i j.
Proof.
  unfold product.
  rewrite (sumn_ext d (fun k => sumn d _ * C k j) (fun k => sumn d (fun l => A i l * (B l k * C k j)))).
  - rewrite sumn_swap. apply sumn_ext. intros l _. now rewrite sumn_scal.
  - intros k _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
Qed.

Lemma product_ext d A A' B B' i j :
  (forall k, (k < d)%nat -> A i k = A' i k) -> (forall k, (k < d)%nat -> B k j = B' k j) ->
  product d A B i j = product d A' B' i j.
Proof. intros HA HB. apply sumn_ext. intros k Hk. now rewrite HA, HB. Qed.

Lemma product_identity d A i j : (j < d)%nat -> product d A kronecker i j = A i j.
Proof.
  intros Hj. rewrite <- (sumn_kronecker d j (fun k => A i k) Hj). apply sumn_ext. intros k _.
  rewrite (kronecker_sym j k). ring.
Qed.

(* A left inverse is the inverse. *)
Lemma inverse_unique d A B : symmetric A -> positive d A ->
  (forall i j, (i < d)%nat -> (j < d)%nat -> product d B A i j = kronecker i j) ->
  forall i j, (i < d)%nat -> (j < d)%nat -> B i j = inverse d A i j.
Proof.
  intros S P H i j Hi Hj. rewrite <- (product_identity d B i j Hj).
  rewrite (product_ext d B B kronecker (product d A (inverse d A)) i j).
  - rewrite <- product_assoc. rewrite <- (sumn_kronecker d i (fun k => inverse d A k j) Hi).
    apply sumn_ext. intros k Hk. now rewrite H.
  - easy.
  - intros k Hk. now rewrite inverse_right.
Qed.

Section Basis.
Variables (d : nat) (Q : mat).                                  (* column a of Q: eigenvector a *)
Hypothesis columns : forall a b, (a < d)%nat -> (b < d)%nat -> sumn d (fun i => Q i a * Q i b) = kronecker a b.
Hypothesis rows : forall i j, (i < d)%nat -> (j < d)%nat -> sumn d (fun a => Q i a * Q j a) = kronecker i j.

(* Q diag(V) Q^T and Q^T x. *)
Definition rotated (V : vec) : mat := fun i j => sumn d (fun a => Q i a * V a * Q j a).
Definition turned (x : vec) : vec := fun a => sumn d (fun i => Q i a * x i).

Lemma rotated_symmetric V : symmetric (rotated V).
Proof. intros i j. apply sumn_ext. intros; ring. Qed.

Lemma rotated_quadratic V x : quadratic d (rotated V) x = sumn d (fun a => V a * (turned x a * turned x a)).
Proof.
  unfold quadratic, apply_matrix, rotated.
  rewrite (sumn_ext d _ (fun i => sumn d (fun a => x i * (Q i a * V a * turned x a)))).
  - rewrite sumn_swap. apply sumn_ext. intros a _.
    rewrite (sumn_ext d _ (fun i => V a * turned x a * (Q i a * x i))) by (intros; ring).
    rewrite sumn_scal. fold (turned x a). ring.
  - intros i _. rewrite sumn_scal. f_equal. unfold turned.
    rewrite (sumn_ext d _ (fun j => sumn d (fun a => Q i a * V a * (Q j a * x j)))).
    + rewrite sumn_swap. apply sumn_ext. intros a _. now rewrite sumn_scal.
    + intros j _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
Qed.

Lemma turned_back x i : (i < d)%nat -> sumn d (fun a => Q i a * turned x a) = x i.
Proof.
  intros Hi. rewrite <- (sumn_kronecker d i x Hi). unfold turned.
  rewrite (sumn_ext d _ (fun a => sumn d (fun j => Q i a * Q j a * x j))).
  - rewrite sumn_swap. apply sumn_ext. intros j Hj. rewrite <- (rows i j Hi Hj).
    rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
  - intros a _. rewrite <- sumn_scal. apply sumn_ext. intros; ring.
Qed.

Lemma rotated_positive V : (forall a, (a < d)%nat -> 0 < V a) -> positive d (rotated V).
Proof.
  intros HV x (i & Hi & Hx). rewrite rotated_quadratic.
  assert (N : exists a, (a < d)%nat /\ turned x a <> 0).
  { assert (D : forall n, (n <= d)%nat -> (exists a, (a < d)%nat /\ turned x a <> 0)
        \/ forall a, (a < n)%nat -> turned x a = 0).
    { induction n; intros Hn; [right; lia|]. destruct IHn as [E|E]; [lia|now left|].
      destruct (Req_dec (turned x n) 0) as [Z|Z]; [right|left; exists n; split; [lia|easy]].
      intros a Ha. destruct (Nat.eq_dec a n) as [->|]; [easy|]. apply E. lia. }
    destruct (D d (le_n d)) as [E|E]; [exact E|]. exfalso. apply Hx. rewrite <- (turned_back x i Hi).
    rewrite (sumn_ext d _ (fun _ => 0)), sumn_zero; [easy|]. intros a Ha. rewrite E by easy. ring. }
  destruct N as (a & Ha & Za). apply (sumn_pos d _ a); [|easy|].
  - intros b Hb. apply Rmult_le_pos; [now apply Rlt_le, HV|apply Rle_0_sqr].
  - apply Rmult_lt_0_compat; [now apply HV|]. now apply Rsqr_pos_lt.
Qed.

Lemma rotated_product V W i j : product d (rotated V) (rotated W) i j = rotated (fun a => V a * W a) i j.
Proof.
  unfold product, rotated.
  rewrite (sumn_ext d _ (fun k => sumn d (fun a => sumn d (fun b => Q i a * V a * (Q k a * Q k b) * (W b * Q j b))))).
  - rewrite sumn_swap. apply sumn_ext. intros a Ha. rewrite sumn_swap.
    rewrite (sumn_ext d _ (fun b => kronecker a b * (Q i a * V a * (W b * Q j b)))).
    + rewrite sumn_kronecker by easy. ring.
    + intros b Hb. rewrite <- (columns a b Ha Hb).
      rewrite (Rmult_comm (sumn d _)), <- sumn_scal. apply sumn_ext. intros; ring.
  - intros k _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros a _.
    rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
Qed.

Lemma rotated_one i j : (i < d)%nat -> (j < d)%nat -> rotated (fun _ => 1) i j = kronecker i j.
Proof. intros Hi Hj. rewrite <- (rows i j Hi Hj). apply sumn_ext. intros; ring. Qed.

(* (Q diag(V) Q^T)^-1 = Q diag(1/V) Q^T. *)
Theorem eigenbasis_inverse V i j : (forall a, (a < d)%nat -> 0 < V a) -> (i < d)%nat -> (j < d)%nat ->
  inverse d (rotated V) i j = rotated (fun a => / V a) i j.
Proof.
  intros HV Hi Hj. symmetry. apply inverse_unique; auto using rotated_symmetric, rotated_positive.
  intros a b Ha Hb. rewrite rotated_product, <- (rotated_one a b Ha Hb). apply sumn_ext. intros c Hc.
  assert (V0 := HV c Hc). field. lra.
Qed.

(* log det (Q diag(V) Q^T) = sum log V_a: both sides change alike as V goes from 1 to its value. *)
Theorem eigenbasis_log_determinant V : (forall a, (a < d)%nat -> 0 < V a) ->
  log_determinant d (rotated V) = sumn d (fun a => ln (V a)).
Proof.
  intros HV. set (W := fun (s : R) a => 1 + s * (V a - 1)).
  assert (WP : forall s a, 0 <= s <= 1 -> (a < d)%nat -> 0 < W s a) by (intros s a Hs Ha; assert (X := HV a Ha); unfold W; nra).
  set (f := fun s => log_determinant d (rotated (W s)) - sumn d (fun a => ln (W s a))).
  assert (D : forall s, 0 <= s <= 1 -> is_derive f s 0).
  { intros s Hs. unfold f, Rminus. eapply is_derive_eq.
    - apply is_derive_sum.
      + apply (log_determinant_derivative s d (fun s => rotated (W s)) (rotated (fun a => V a - 1))).
        * intros r. apply rotated_symmetric.
        * apply rotated_symmetric.
        * apply rotated_positive. auto.
        * intros i j _ _. unfold rotated. apply is_derive_sumn. intros a _. unfold W. auto_derive; [easy|ring].
      + apply (is_derive_opp (fun s => sumn d (fun a => ln (W s a)))).
        apply (is_derive_sumn d (fun a s => ln (W s a)) (fun a => (V a - 1) / W s a)). intros a Ha.
        apply is_derive_ln_comp; [unfold W; auto_derive; [easy|ring]|auto].
    - unfold opp; simpl.
      assert (E : sumn d (fun i => product d (inverse d (rotated (W s))) (rotated (fun a => V a - 1)) i i)
        = sumn d (fun a => (V a - 1) / W s a)).
      { rewrite (sumn_ext d _ (fun i => sumn d (fun a => (V a - 1) / W s a * (Q i a * Q i a)))).
        - rewrite sumn_swap. apply sumn_ext. intros a Ha. rewrite sumn_scal, columns, kronecker_same by easy. ring.
        - intros i Hi. rewrite (product_ext d _ (rotated (fun a => / W s a)) _ (rotated (fun a => V a - 1))).
          + rewrite rotated_product. apply sumn_ext. intros a _. unfold Rdiv. ring.
          + intros k Hk. apply eigenbasis_inverse; auto.
          + easy. }
      rewrite E. ring. }
  assert (C : f 0 = f 1) by (apply eq_is_derive; [intros; now apply D|lra]).
  unfold f in C.
  assert (Z : log_determinant d (rotated (W 0)) = 0).
  { rewrite (proj2 (matrix_ext d (rotated (W 0)) (diagonal (fun _ => 1)) ltac:(
      intros i j Hi Hj; unfold diagonal; rewrite Rmult_1_r, <- (rotated_one i j Hi Hj);
      apply sumn_ext; intros; unfold W; ring))).
    rewrite diagonal_log_determinant, (sumn_ext d _ (fun _ => 0)), sumn_zero; [easy|]. intros; apply ln_1. }
  rewrite Z, (sumn_ext d (fun a => ln (W 0 a)) (fun _ => 0)), sumn_zero in C
    by (intros; unfold W; rewrite Rmult_0_l, Rplus_0_r; apply ln_1).
  assert (O : forall a, W 1 a = V a) by (intros; unfold W; ring).
  rewrite (sumn_ext d (fun a => ln (W 1 a)) (fun a => ln (V a))) in C by (intros; now rewrite O).
  replace (rotated (W 1)) with (rotated V) in C.
  - lra.
  - apply functional_extensionality. intros i. apply functional_extensionality. intros j.
    apply sumn_ext. intros a _. now rewrite O.
Qed.

(* N(x; m, Q diag(V) Q^T) = prod_a N(Q^T x; Q^T m, V_a): the density as the library evaluates it. *)
Theorem full_gauss_in_eigenbasis m V x : (forall a, (a < d)%nat -> 0 < V a) ->
  full_gauss d m (rotated V) x = gauss_vec d (turned m) (fun a => sqrt (V a)) (turned x).
Proof.
  intros HV. rewrite <- full_gauss_diagonal by easy. unfold full_gauss.
  rewrite eigenbasis_log_determinant, diagonal_log_determinant by easy. do 5 f_equal.
  transitivity (quadratic d (rotated (fun a => / V a)) (fun i => x i - m i)).
  - unfold quadratic, apply_matrix. apply sumn_ext. intros i Hi. f_equal. apply sumn_ext. intros j Hj. f_equal.
    now apply eigenbasis_inverse.
  - rewrite rotated_quadratic.
    transitivity (quadratic d (diagonal (fun a => / V a)) (fun a => turned x a - turned m a)).
    + rewrite diagonal_quadratic. apply sumn_ext. intros a _.
      assert (E : turned (fun i => x i - m i) a = turned x a - turned m a).
      { unfold turned. rewrite <- sumn_minus. apply sumn_ext. intros; ring. }
      now rewrite E.
    + unfold quadratic, apply_matrix. apply sumn_ext. intros i Hi. f_equal. apply sumn_ext. intros j Hj. f_equal.
      apply inverse_unique; auto using diagonal_symmetric, diagonal_positive.
      intros a b Ha Hb. unfold product, diagonal.
      rewrite (sumn_ext d _ (fun k => kronecker a k * (kronecker k b * (/ V a * V k)))) by (intros; ring).
      rewrite sumn_kronecker by easy. assert (V0 := HV a Ha). field. lra.
Qed.
End Basis.

(* Jacobi: d/dt log |det J| = tr(J^-1 J') for any invertible J, with |det J|^2 = det(J^T J). *)
Theorem jacobi_formula d (J : R -> mat) (dJ K : mat) t :
  differentiable t d J dJ ->
  (forall i j, (i < d)%nat -> (j < d)%nat -> product d K (J t) i j = kronecker i j) ->
  (forall i j, (i < d)%nat -> (j < d)%nat -> product d (J t) K i j = kronecker i j) ->
  is_derive (fun s => / 2 * log_determinant d (fun i j => sumn d (fun k => J s k i * J s k j))) t
    (sumn d (fun i => product d K dJ i i)).
Proof.
  intros H L R. set (G := fun s i j => sumn d (fun k => J s k i * J s k j)).
  set (dG := fun i j => sumn d (fun k => dJ k i * J t k j + J t k i * dJ k j)).
  assert (GS : forall s, symmetric (G s)) by (intros s i j; apply sumn_ext; intros; ring).
  assert (dGS : symmetric dG) by (intros i j; apply sumn_ext; intros; ring).
  assert (GP : positive d (G t)).
  { intros x (i & Hi & Hx).
    assert (E : quadratic d (G t) x = sumn d (fun k => apply_matrix d (J t) x k * apply_matrix d (J t) x k)).
    { unfold quadratic, apply_matrix, G.
      rewrite (sumn_ext d _ (fun i => sumn d (fun k => apply_matrix d (J t) x k * (J t k i * x i)))).
      - rewrite sumn_swap. apply sumn_ext. intros k _. now rewrite sumn_scal.
      - intros a _. rewrite <- sumn_scal.
        rewrite (sumn_ext d _ (fun b => sumn d (fun k => J t k a * x a * (J t k b * x b)))).
        + rewrite sumn_swap. apply sumn_ext. intros k _. rewrite sumn_scal. unfold apply_matrix. ring.
        + intros b _. rewrite (Rmult_comm (sumn d _)), <- !sumn_scal. apply sumn_ext. intros; ring. }
    rewrite E.
    assert (X : x i = sumn d (fun k => K i k * apply_matrix d (J t) x k)).
    { rewrite <- (sumn_kronecker d i x Hi). unfold apply_matrix.
      rewrite (sumn_ext d (fun k => K i k * _) (fun k => sumn d (fun j => K i k * J t k j * x j))).
      - rewrite sumn_swap. apply sumn_ext. intros j Hj. rewrite <- (L i j Hi Hj). unfold product.
        rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
      - intros k _. rewrite <- sumn_scal. apply sumn_ext. intros; ring. }
    set (y := apply_matrix d (J t) x) in *.
    destruct (Rle_lt_or_eq_dec 0 (sumn d (fun k => y k * y k))) as [Z|Z]; [|exact Z|].
    - apply sumn_nonneg. intros; apply Rle_0_sqr.
    - exfalso. apply Hx. rewrite X, (sumn_ext d _ (fun _ => 0)), sumn_zero; [easy|].
      intros k Hk. assert (T : y k * y k <= 0).
      { rewrite Z. apply (TotalDerivatives.sumn_term d (fun k => y k * y k)); [intros; apply Rle_0_sqr|easy]. }
      assert (y k = 0) by nra. rewrite H0. ring. }
  set (KK := fun i j => sumn d (fun k => K i k * K j k)).
  assert (GI : forall i j, (i < d)%nat -> (j < d)%nat -> inverse d (G t) i j = KK i j).
  { intros i j Hi Hj. symmetry. apply inverse_unique; auto. intros a b Ha Hb. unfold KK, G, product.
    rewrite (sumn_ext d _ (fun l => sumn d (fun k => sumn d (fun e => K a k * J t e b * (J t e l * K l k))))).
    - rewrite sumn_swap, <- (L a b Ha Hb). unfold product. apply sumn_ext. intros k Hk. rewrite sumn_swap.
      rewrite (sumn_ext d _ (fun e => kronecker k e * (K a k * J t e b))).
      + now rewrite sumn_kronecker.
      + intros e He. rewrite kronecker_sym, <- (R e k He Hk). unfold product.
        rewrite sumn_scal. ring.
    - intros l _. rewrite Rmult_comm, <- sumn_scal.
      rewrite (sumn_ext d _ (fun k => sumn d (fun e => K a k * J t e b * (J t e l * K l k)))); [easy|].
      intros k _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring. }
  eapply is_derive_eq.
  { apply is_derive_factor. apply (log_determinant_derivative t d G dG GS dGS GP).
    intros i j Hi Hj. unfold G, dG. apply is_derive_sumn. intros k Hk. apply is_derive_product; now apply H. }
  assert (T : forall i, (i < d)%nat -> product d (inverse d (G t)) dG i i
    = sumn d (fun e => sumn d (fun l => KK i l * J t e l * dJ e i)) + sumn d (fun e => sumn d (fun l => KK i l * dJ e l * J t e i))).
  { intros i Hi. rewrite (product_ext d _ KK _ dG i i) by (auto || easy). unfold product, dG.
    rewrite <- sumn_plus.
    rewrite (sumn_ext d _ (fun l => sumn d (fun e => KK i l * J t e l * dJ e i + KK i l * dJ e l * J t e i))).
    - rewrite sumn_swap. apply sumn_ext. intros e _. rewrite sumn_plus. f_equal; apply sumn_ext; intros; ring.
    - intros l _. rewrite <- sumn_scal. apply sumn_ext. intros; ring. }
  rewrite (sumn_ext d _ _ T), sumn_plus.
  assert (U : forall i e, (i < d)%nat -> (e < d)%nat -> sumn d (fun l => KK i l * J t e l) = K i e).
  { intros i e Hi He. unfold KK.
    rewrite (sumn_ext d _ (fun l => sumn d (fun k => K i k * (J t e l * K l k)))).
    - rewrite sumn_swap. rewrite (sumn_ext d _ (fun k => kronecker e k * K i k)); [now apply sumn_kronecker|].
      intros k Hk. rewrite sumn_scal, <- (R e k He Hk). unfold product. ring.
    - intros l _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring. }
  assert (F1 : sumn d (fun i => sumn d (fun e => sumn d (fun l => KK i l * J t e l * dJ e i)))
    = sumn d (fun i => product d K dJ i i)).
  { apply sumn_ext. intros i Hi. apply sumn_ext. intros e He. rewrite <- (U i e Hi He).
    rewrite (Rmult_comm (sumn d _)), <- sumn_scal. apply sumn_ext. intros; ring. }
  assert (F2 : sumn d (fun i => sumn d (fun e => sumn d (fun l => KK i l * dJ e l * J t e i)))
    = sumn d (fun i => product d K dJ i i)).
  { rewrite sumn_swap. unfold product. rewrite (sumn_swap d d (fun i k => K i k * dJ k i)).
    apply sumn_ext. intros e He. rewrite sumn_swap. apply sumn_ext. intros l Hl.
    rewrite <- (U l e Hl He). rewrite (Rmult_comm (sumn d _)), <- sumn_scal. apply sumn_ext. intros i _.
    unfold KK. rewrite (sumn_ext d (fun k => K i k * K l k) (fun k => K l k * K i k)) by (intros; ring). ring. }
  rewrite F1, F2. field.
Qed.
